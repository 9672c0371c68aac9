// SPDX-License-Identifier: Apache-2.0

extension Plan {
    /// The memory of the IPv4 forwarding table: DIR-24-8 with entries of two bytes.
    public struct ForwardingTable: Equatable, Sendable, Encodable {
        /// Prefixes that there is room for: `memory.routes`, two for each of the interfaces' own addresses, and one
        /// for each neighbour.
        public let capacity: Int
        /// Groups of 256 entries: one for each /24 network whose addresses go different ways. That takes a prefix
        /// longer than 24 bits, so there are as many groups as prefixes, up to what entries can name.
        public let tbl8Groups: Int
        /// One is read while the other is changed.
        public let instances: Int
        /// Of one instance.
        public let instanceBytes: Int

        public var bytes: Int { instances * instanceBytes }

        public init(_ configuration: Configuration) {
            let own = configuration.ownAddresses.count
            capacity = configuration.memory.routes + 2 * own + configuration.neighbours.count
            tbl8Groups = min(max(capacity, 256), Self.mostGroups)
            instances = 2
            // 2^24 entries, 256 for each group, and one that look-ups with vectors read beside another.
            instanceBytes = 2 * ((1 << 24) + 256 * tbl8Groups + 1)
        }

        /// 15 bits of an entry name a group.
        private static let mostGroups = 1 << 15
    }
}
