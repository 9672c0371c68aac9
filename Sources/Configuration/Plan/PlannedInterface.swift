// SPDX-License-Identifier: Apache-2.0

extension Plan {
    /// An interface of tagged frames.
    public struct Interface: Equatable, Sendable, Encodable {
        public let name: String
        /// The name of its port.
        public let port: String
        /// Identifiers, that of the outer tag first.
        public let vlans: [UInt16]
        /// Of the outer tag.
        public let encapsulation: String
        public let mtu: Int

        init(_ interface: Configuration.Interface, _ configuration: Configuration) {
            let port = configuration.ports[interface.port]
            name = interface.name
            self.port = port.name
            vlans = interface.vlans
            encapsulation = interface.encapsulation.rawValue
            mtu = interface.mtu(on: port)
        }
    }
}
