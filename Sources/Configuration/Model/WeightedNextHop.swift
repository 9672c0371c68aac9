// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

extension Configuration {
    /// A router on one of the interfaces' networks, and its share of the flows.
    public struct WeightedNextHop: Hashable, Sendable {
        public static let weightRange = 1...256

        public var address: IPv4Address
        public var weight: Int
        /// That on whose network the address is: an index into ``Configuration/interfaces``.
        public var interface: Int

        public init(address: IPv4Address, weight: Int = 1, interface: Int) {
            self.address = address
            self.weight = weight
            self.interface = interface
        }
    }
}
