// SPDX-License-Identifier: Apache-2.0

extension Plan {
    /// The memory of the IPv4 forwarding table: `rte_fib` of type DIR24_8 with 2-byte next hops.
    public struct ForwardingTable: Equatable, Sendable, Encodable {
        /// Routes that there is room for: `memory.routes`, and two for each of the ports' own
        /// addresses.
        public let capacity: Int
        /// Tables for the prefixes longer than 24 bits: one for each /24 that has any.
        public let tbl8Groups: Int
        /// One is read while the other is changed.
        public let instances: Int
        /// Of one instance.
        public let instanceBytes: Int

        public var bytes: Int { instances * instanceBytes }

        public init(_ configuration: Configuration) {
            let own = configuration.ports.reduce(0) { $0 + $1.addresses.count }
            capacity = configuration.memory.routes + 2 * own
            tbl8Groups = min(max(capacity, 256), 32_767)
            instances = 2
            instanceBytes = Self.instanceBytes(capacity: capacity, tbl8Groups: tbl8Groups)
        }

        /// 2^24 entries of 2 bytes; 256 entries for each group; two nodes of `rte_rib` for each
        /// route, of which 21 with the headers of their pool fill a page of 4 KiB; and the pool's
        /// ring of pointers. DPDK 22.11.11 takes 34.5 MB for 1,000 routes, 42.9 for 10,004 and
        /// 457.2 for 1,000,000; this gives 34.5, 42.9 and 459.1.
        static func instanceBytes(capacity: Int, tbl8Groups: Int) -> Int {
            let nodes = 2 * capacity
            var ring = 1
            while ring <= nodes { ring *= 2 }
            return (1 << 25) + 512 * tbl8Groups + 196 * nodes + 8 * ring
        }
    }
}
