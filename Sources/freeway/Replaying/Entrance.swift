// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import FreewayConfiguration
import PacketFields

/// Where a packet in words comes in: a port, or an interface of tagged frames, which gives the packet its tags.
struct Entrance {
    /// The name that the user gave.
    let name: String
    let port: String
    /// Identifiers, that of the outer tag first; none for a port.
    var vlans: [UInt16] = []
    var encapsulation = Configuration.Interface.Encapsulation.customer

    /// A name that is no interface's is taken for a port's.
    init(_ name: String, of configuration: Configuration) {
        self.name = name
        guard let interface = configuration.interfaces.first(where: { $0.name == name }) else {
            port = name
            return
        }
        port = configuration.ports[interface.port].name
        vlans = interface.vlans
        encapsulation = interface.encapsulation
    }

    /// - Parameter status: what a running forwarder says of the interface; nil where it has none of the name.
    init(_ name: String, _ status: InterfaceStatus?) {
        self.name = name
        port = status?.port ?? name
        guard let tags = status?.tags else { return }
        vlans = tags.vlans.map { UInt16(clamping: $0) }
        encapsulation = .init(rawValue: tags.encapsulation) ?? .customer
    }

    /// The frame of `--hex` or `--packet`.
    /// - Parameter mac: of the port, as text.
    /// - Throws: `PacketTextError`, or `Problem`.
    func frame(hex: String?, packet: String, mac: String) throws -> [UInt8] {
        if let hex {
            guard vlans.isEmpty else {
                throw Problem(
                    "--hex has a frame whole, tags and all: say --port \(port), and not \(name)")
            }
            return try HexText.frame(hex)
        }
        var words = try PacketText(packet)
        guard vlans.isEmpty || words.enter(vlans, encapsulation) else {
            throw Problem(
                "--packet has tags of its own, and --port \(name) adds those of the interface: leave them "
                    + "out, or say --port \(port)")
        }
        return words.bytes(forPort: mac)
    }

    struct Problem: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }
}
