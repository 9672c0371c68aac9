// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

extension Plan {
    /// The memory of the IPv6 forwarding table, and of the tables of both families of other VRFs than the main one: a trie with
    /// nodes of 256 entries of four bytes.
    public struct TrieTable: Equatable, Sendable, Encodable {
        /// Nodes beside the root. Each is for the neighbours that longer prefixes have in common with it: tables of the
        /// Internet have about one for two routes, and prefixes that have nothing in common three each.
        public let nodes: Int
        /// One is read while the other is changed.
        public let instances: Int
        /// Of one instance.
        public let instanceBytes: Int

        public var bytes: Int { instances * instanceBytes }

        public init(_ configuration: Configuration) {
            // An own address has 14 at the most, of which its network and its neighbours have most, too.
            let own = configuration.ownAddresses.count { !$0.address.isIPv4 }
            let neighbours = configuration.neighbours.count { !$0.address.isIPv4 }
            // Each VRF has a node in the place of a root for each family, and the nodes of what is no packet's of another link.
            let vrfs = configuration.vrfs.count - 1
            let ipv4Own =
                vrfs == 0
                ? 0 : configuration.ownAddresses.count + configuration.neighbours.count
            nodes = max(
                256,
                configuration.memory.routes + 14 * (own + neighbours) + 4 * vrfs + 3 * ipv4Own)
            instances = 2
            // 2^16 entries of the root, 256 for each node, and two for each VRF that there can be.
            instanceBytes = 4 * ((1 << 16) + 256 * nodes + 2 * 4_096)
        }
    }
}
