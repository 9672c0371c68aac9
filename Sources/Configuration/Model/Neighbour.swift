// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

extension Configuration {
    /// A host on an interface's network whose MAC address is known beforehand.
    public struct Neighbour: Equatable, Sendable {
        /// An index into ``Configuration/interfaces``.
        public var interface: Int
        public var address: IPAddress
        public var mac: MACAddress
        public var origin: Origin

        public init(
            interface: Int, address: IPAddress, mac: MACAddress, origin: Origin = Origin()
        ) {
            self.interface = interface
            self.address = address
            self.mac = mac
            self.origin = origin
        }
    }
}
