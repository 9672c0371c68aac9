// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

extension Configuration {
    /// A router on one of the interfaces' networks, and its share of the flows.
    public struct WeightedNextHop: Hashable, Sendable {
        public static let weightRange = 1...256

        public var address: IPAddress
        public var weight: Int
        /// That on whose network the address is, or that is named: an index into ``Configuration/interfaces``.
        public var interface: Int
        /// Whether the file names the interface.
        public var isOnNamedInterface: Bool

        public init(
            address: IPAddress, weight: Int = 1, interface: Int, isOnNamedInterface: Bool = false
        ) {
            self.address = address
            self.weight = weight
            self.interface = interface
            self.isOnNamedInterface = isOnNamedInterface
        }
    }
}
