// SPDX-License-Identifier: Apache-2.0

extension Plan {
    /// The bill: what takes how much memory, what EAL is asked for, and in which pages.
    public struct Memory: Equatable, Sendable {
        public enum Pages: String, Encodable, Sendable { case huge, ordinary }

        /// In each pool.
        public let mbufs: Mbufs
        /// The NUMA nodes that have a pool: those of the workers' CPUs.
        public let poolNodes: [Int]
        /// The NUMA node that most workers' CPUs are on: of what all of them read there is one.
        public let tableNode: Int
        /// `nil` in cross-connect mode.
        public internal(set) var fib: ForwardingTable?
        /// `nil` where no interface has IPv6.
        public internal(set) var ipv6Fib: TrieTable?
        /// EAL, rings, queues, and what is lost at the ends of pages.
        public let otherBytes: Int
        /// What clients of the control socket may take beside; a replay has none.
        public let control: Control
        /// The bill in MiB, rounded up to whole pages of 2 MiB.
        public let neededMegabytes: Int
        /// What EAL is asked for, in MiB: `memory.megabytes`, otherwise what is needed.
        public let megabytes: Int
        public let pages: Pages
        /// Why these pages, in one sentence.
        public let reason: String
        /// What is missing for the huge pages that the configuration insists on; `nil` when nothing is.
        public let shortage: String?

        public var poolBytes: Int { poolNodes.count * mbufs.bytes }

        /// In MiB: what a live forwarder with its clients takes of ordinary memory, which a control group may
        /// limit.
        public var ordinaryMegabytes: Int {
            (control.bytes + (1 << 20) - 1) >> 20 + (pages == .ordinary ? megabytes : 0)
        }

        init(
            _ purpose: Purpose, _ configuration: Configuration, _ machine: Machine,
            _ ports: [Port], _ workers: [Lcore], heldFrames: Int, _ warnings: inout [Diagnostic]
        ) throws(ConfigurationErrors) {
            let hasCard =
                purpose == .run
                && ports.contains {
                    if case .pci = $0.device { true } else { false }
                }
            let workersOfNode = Dictionary(
                grouping: workers.compactMap { $0.cpus.first.map(machine.numaNode(ofCPU:)) },
                by: { $0 })
            let nodes = workersOfNode.keys.sorted()
            let fib = configuration.forward == .route ? ForwardingTable(configuration) : nil
            let ipv6Fib = configuration.ipv6Fib
            // Which pages depends on the need, and the need on the pages: without huge pages
            // the mbufs of a card take a page each.
            func bill(spread: Bool) -> (Mbufs, Int) {
                let mbufs = Mbufs(
                    purpose, ports: ports, workerCount: workers.count,
                    asksForMACs: configuration.forward == .route, heldFrames: heldFrames,
                    isSpreadOverPages: spread)
                let bytes =
                    nodes.count * mbufs.bytes + (fib?.bytes ?? 0) + (ipv6Fib?.bytes ?? 0)
                    + Self.otherBytes
                return (mbufs, 2 * ((bytes + (2 << 20) - 1) >> 21))
            }
            func asked(_ needed: Int) -> Int {
                purpose == .run ? max(configuration.memory.megabytes ?? 0, needed) : needed
            }
            let choice = PageChoice(
                purpose, configuration.memory.pages, machine, asked(bill(spread: false).1))
            let (mbufs, needed) = bill(spread: choice.pages == .ordinary && hasCard)
            if purpose == .run, let megabytes = configuration.memory.megabytes, megabytes < needed {
                throw ConfigurationErrors([
                    Diagnostic(
                        path: configuration.path,
                        location: configuration.memory.megabytesOrigin.location,
                        field: "memory.megabytes",
                        message:
                            "found \(megabytes), but \(needed) are needed; without this key"
                            + " Freeway asks for what it needs")
                ])
            }
            if let warning = choice.warning {
                warnings.append(
                    Diagnostic(
                        path: configuration.path, field: "memory.pages", message: warning))
            }
            if choice.pages == .ordinary, hasCard {
                warnings.append(
                    Diagnostic(
                        path: configuration.path, field: "memory.pages",
                        message: "a network card moves frames by DMA, which needs huge pages in"
                            + " most set-ups; hugepages-setup.sh reserves them"))
            }
            self.mbufs = mbufs
            poolNodes = nodes
            tableNode =
                nodes.max { workersOfNode[$0]!.count < workersOfNode[$1]!.count } ?? 0
            self.fib = fib
            self.ipv6Fib = ipv6Fib
            otherBytes = Self.otherBytes
            control = Control(fib)
            neededMegabytes = needed
            megabytes = asked(needed)
            pages = choice.pages
            reason = choice.reason
            shortage = choice.warning
        }

        private static let otherBytes = 32 << 20
        /// No plan needs less.
        public static let fewestMegabytes = otherBytes >> 20
    }
}

extension Configuration {
    var ipv6Fib: Plan.TrieTable? {
        forward == .route && (routesIPv6 || hasVRFs) ? Plan.TrieTable(self) : nil
    }
}
