// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

extension Configuration {
    /// A router on one of the interfaces' networks, or one that other routes lead to, and its share of the flows.
    public struct WeightedNextHop: Hashable, Sendable {
        public static let weightRange = 1...256

        public var address: IPAddress
        public var weight: Int
        /// That on whose network the address is, or that is named: an index into ``Configuration/interfaces``. Nil where other
        /// routes lead to the address.
        public var interface: Int?
        /// Whether the file names the interface.
        public var isOnNamedInterface: Bool
        /// Whether it is behind that interface although it is on no network of it.
        public var isOnLink: Bool
        /// Whether that interface belongs to another VRF than the route.
        public var isLeak: Bool

        public init(
            address: IPAddress, weight: Int = 1, interface: Int?, isOnNamedInterface: Bool = false,
            isOnLink: Bool = false, isLeak: Bool = false
        ) {
            self.address = address
            self.weight = weight
            self.interface = interface
            self.isOnNamedInterface = isOnNamedInterface
            self.isOnLink = isOnLink
            self.isLeak = isLeak
        }
    }
}
