// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

extension Configuration {
    /// How a flow is given one of several next hops.
    public struct Hash: Equatable, Sendable {
        public static let seedRange = 0...Int(UInt32.max)

        /// What the choice depends on beside the flow; `nil` = what follows from the ports' addresses
        /// that the forwarder started with.
        public var seed: UInt32?

        public init(seed: UInt32? = nil) { self.seed = seed }
    }

    /// The seed of the flow hash that follows from the addresses of the interfaces, so that two routers in a
    /// row pick independently of each other, and a replay picks as the router does.
    ///
    /// The low 32 bits of the 64-bit FNV-1a hash of all addresses, the lowest first, each as its
    /// bytes as they lie in a packet, those of IPv4 first. It is part of what a replay case relies on and never changes.
    public var flowSeedOfAddresses: UInt32 {
        let addresses = ownAddresses.map(\.address).sorted()
        let bytes = addresses.flatMap(\.bytes)
        return UInt32(truncatingIfNeeded: FNV1a.hash(bytes))
    }
}

extension Configuration.Hash: SettingSection {
    static let rows = [
        SettingRow<Self>(
            KeyFacts(
                "seed", .integer(seedRange), .words("see below"),
                "how flows are shared among next hops",
                description:
                    "What the choice depends on beside the flow. Without it: what follows from the ports' addresses.",
                only: .route),
            .onReload, text: { $0.seed.map { "\($0)" } ?? "no number" },
            decode: {
                $2.seed = $0.integer($1, in: seedRange, of: "a number").map { UInt32($0) }
            })
    ]
}
