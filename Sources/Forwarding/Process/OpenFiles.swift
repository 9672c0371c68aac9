// SPDX-License-Identifier: Apache-2.0

package import FreewayConfiguration
import Glibc

/// How many files a process may have open at a time. DPDK and NIO end the process where they cannot open
/// another, so that what is sure to be too few is refused before anything starts.
public enum OpenFiles {
    /// The limit in force (`RLIMIT_NOFILE`).
    package static var limit: Int { limits.map { Int(clamping: $0.rlim_cur) } ?? .max }

    private static var limits: rlimit? {
        var limit = rlimit()
        let status = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return status == 0 ? limit : nil
    }

    /// Makes sure that so many files can be open, and raises the soft limit where it is lower and the hard
    /// one allows that.
    /// - Throws: `ForwarderError` where it does not.
    public static func require(_ needed: Int) throws(ForwarderError) {
        guard var limits, Int(clamping: limits.rlim_cur) < needed else { return }
        let hard = Int(clamping: limits.rlim_max)
        if hard >= needed {
            limits.rlim_cur = rlim_t(needed)
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0 { return }
        }
        throw ForwarderError(
            .memoryOrDevice,
            "this process may have \(hard) files open at a time, and needs \(needed): raise the limit "
                + "(ulimit -n \(needed), or LimitNOFILE=\(needed) of a service)")
    }

    /// The standard streams, DPDK's own, and some that are open for a moment only.
    private static let base = 16
    /// DPDK has two pipes for each worker.
    private static let perWorker = 4

    /// Those of a replay.
    package static func needed(workers: Int, captures: Int) -> Int {
        base + perWorker * workers + 2 * captures
    }

    /// Those of a live forwarder, without clients.
    package static func needed(_ plan: Plan) -> Int {
        // Event loops, signals, timers.
        let control = 24
        let devices = plan.ports.reduce(0) { $0 + 8 + $1.rxQueues + $1.txQueues }
        return base + control + perWorker * plan.workers.count + devices
    }
}
