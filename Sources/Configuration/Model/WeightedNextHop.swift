// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

extension Configuration {
    /// A router on one of the ports' networks, and its share of the flows.
    public struct WeightedNextHop: Hashable, Sendable {
        public static let weightRange = 1...256

        public var address: IPv4Address
        public var weight: Int
        /// The port on whose network the address is, as an index into ``Configuration/ports``.
        public var port: Int

        public init(address: IPv4Address, weight: Int = 1, port: Int) {
            self.address = address
            self.weight = weight
            self.port = port
        }
    }
}
