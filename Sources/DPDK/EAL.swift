// SPDX-License-Identifier: Apache-2.0

import CDPDK
import Glibc
import Synchronization

/// DPDK's environment abstraction layer: memory, lcores and buses. Starts once in a process.
public enum EAL {
    /// What the process asks of the environment.
    public struct Options: Sendable {
        /// Where packet memory comes from.
        public enum Pages: Sendable { case huge, ordinary }

        /// The lcores and the CPUs that they run on, in the notation of `--lcores`;
        /// lcore 0 is the main one.
        public var lcores: String
        public var pages: Pages
        /// Memory to take, in MB. Ordinary pages count once they are used.
        public var megabytes: Int
        /// Of ordinary pages: what to take beside it, and to use at once, for packed pools and forwarding
        /// tables, on pages of 2 MB where the kernel has such.
        public var heapMegabytes: Int
        /// Whether to look for devices on the PCI bus when they are asked for.
        public var usesPCI: Bool
        /// Distinguishes processes that share a machine: the prefix of DPDK's files.
        public var filePrefix: String

        public init(
            lcores: String, pages: Pages, megabytes: Int, heapMegabytes: Int = 0,
            usesPCI: Bool = false, filePrefix: String? = nil
        ) {
            self.lcores = lcores
            self.pages = pages
            self.megabytes = megabytes
            self.heapMegabytes = heapMegabytes
            self.usesPCI = usesPCI
            self.filePrefix = filePrefix ?? "freeway-\(getpid())"
        }

        /// The words that `rte_eal_init` reads.
        var arguments: [String] {
            var words = ["freeway", "--lcores", lcores, "-m", String(megabytes), "--no-telemetry"]
            switch pages {
            case .ordinary: words += ["--no-huge", "--no-shconf"]
            case .huge: words += ["--in-memory"]
            }
            words += ["--file-prefix", filePrefix]
            if usesPCI {
                // An allow-list that matches nothing: devices are attached one by one later.
                words += ["--allow", "ffff:ff:1f.7"]
            } else {
                words += ["--no-pci"]
            }
            if WideVectors.areAvailable { words += ["--force-max-simd-bitwidth", "512"] }
            return words
        }
    }

    private static let started = Mutex(false)

    /// Whether the environment runs in this process.
    public static var isRunning: Bool { started.withLock { $0 } }

    /// Starts the environment. Wraps `rte_eal_init`.
    ///
    /// The calling thread keeps its CPU affinity: `rte_eal_init` would leave it pinned to the main
    /// lcore's CPU, for its children too.
    /// - Throws: `DPDKError` with DPDK's own last words.
    public static func start(_ options: Options) throws(DPDKError) {
        guard
            started.withLock({ started in
                defer { started = true }
                return !started
            })
        else { throw DPDKError(code: EALREADY, operation: "start DPDK", logLine: nil) }
        do throws(DPDKError) {
            let start = TimestampCounter.Moment.now
            try LogCapture.shared.install()
            try initialize(options.arguments)
            TimestampCounter.calibrate(since: start)
            // Without it all goes where rte_eal_init took memory, as large as the whole bill: slower, but right.
            if options.pages == .ordinary, options.heapMegabytes > 0 {
                try? OrdinaryHeap.make(megabytes: options.heapMegabytes)
            }
        } catch {
            started.withLock { $0 = false }
            throw error
        }
    }

    private static func initialize(_ arguments: [String]) throws(DPDKError) {
        LogCapture.shared.clear()
        var affinity = cpu_set_t()
        let thread = pthread_self()
        pthread_getaffinity_np(thread, MemoryLayout<cpu_set_t>.size, &affinity)
        defer { pthread_setaffinity_np(thread, MemoryLayout<cpu_set_t>.size, &affinity) }
        // rte_eal_init keeps pointers to the words, so they are never freed.
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        words.append(nil)
        let status = cdpdk_eal_init(Int32(words.count - 1), &words)
        if status < 0 {
            let error = DPDKError(code: cdpdk_errno(), operation: "start DPDK")
            removeRuntimeFolder()
            throw error
        }
        removeFoldersOfTheDead()
    }

    /// Gives memory and files back. Wraps `rte_eal_cleanup`. The environment cannot start again.
    public static func stop() {
        rte_eal_cleanup()
        removeRuntimeFolder()
    }

    /// DPDK makes a folder for each file prefix, also when it puts nothing in it, and leaves it.
    private static func removeRuntimeFolder() {
        if let folder = rte_eal_get_runtime_dir() { rmdir(folder) }
    }

    /// A process that was killed leaves its folder. Both kinds of memory put nothing into it: one with
    /// something in it is not ours, and stays.
    private static func removeFoldersOfTheDead() {
        guard let own = rte_eal_get_runtime_dir().map({ String(cString: $0) }),
            let slash = own.lastIndex(of: "/"), let folder = opendir(String(own[..<slash]))
        else { return }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name.hasPrefix("freeway-"), let pid = pid_t(name.dropFirst("freeway-".count)),
                pid > 0, kill(pid, 0) != 0, errno == ESRCH
            else { continue }
            rmdir(String(own[...slash]) + name)
        }
    }

    /// The version of DPDK that is linked in. Wraps `rte_version`.
    public static var runtimeVersion: String { String(cString: cdpdk_version()) }

    /// The version of the DPDK headers that this program was built with.
    public static var buildVersion: String {
        "DPDK \(cdpdk_version_year).\(twoDigits(cdpdk_version_month)).\(cdpdk_version_minor)"
    }

    private static func twoDigits(_ number: UInt16) -> String {
        (number < 10 ? "0" : "") + String(number)
    }
}
