// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

extension Configuration {
    /// A host on a port's network whose MAC address is known beforehand.
    public struct Neighbour: Equatable, Sendable {
        /// An index into ``Configuration/ports``.
        public var port: Int
        public var address: IPv4Address
        public var mac: MACAddress
        public var origin: Origin

        public init(port: Int, address: IPv4Address, mac: MACAddress, origin: Origin = Origin()) {
            self.port = port
            self.address = address
            self.mac = mac
            self.origin = origin
        }
    }
}
