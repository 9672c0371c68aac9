// SPDX-License-Identifier: Apache-2.0

import Dataplane
import FreewayConfiguration
import PacketHeaders

/// Says by whose tags a frame came in, from its bytes: what workers find by their tables, for frames that were kept.
struct InterfaceNames {
    private struct Tags: Hashable {
        /// DPDK's index.
        let port: UInt16
        /// Of the outer tag; 0 for none.
        let type: UInt16
        let vlans: [UInt16]
    }

    private let names: [Tags: String]
    /// DPDK's indices of ports whose tagged frames are not their own.
    private let portsWithVLANs: Set<UInt16>

    /// - Parameter ports: DPDK's indices, in the order of the configuration.
    init(_ configuration: Configuration, ports: [UInt16]) {
        portsWithVLANs = Set(configuration.portsWithVLANs.map { ports[$0] })
        names = Dictionary(
            configuration.interfaces.map { interface in
                let type = interface.vlans.isEmpty ? 0 : interface.encapsulation.etherType.rawValue
                return (
                    Tags(port: ports[interface.port], type: type, vlans: interface.vlans),
                    interface.name
                )
            }, uniquingKeysWith: { first, _ in first })
    }

    /// Nil for tags that no interface has, and for a frame that ends in them.
    /// - Parameter port: DPDK's index.
    func name(of frame: FrameBytes, from port: UInt16) -> String? {
        guard portsWithVLANs.contains(port) else {
            return names[Tags(port: port, type: 0, vlans: [])]
        }
        guard let stack = EthernetHeader(frame).map(VLANStack.init), stack.end != .truncated else {
            return nil
        }
        var tags = (0..<stack.count).compactMap { stack.tag(at: $0) }
        // A first tag that has a priority alone counts as none (IEEE 802.1Q, 6.9.1).
        if tags.first?.identifier == 0 { tags.removeFirst() }
        guard let outer = tags.first else { return names[Tags(port: port, type: 0, vlans: [])] }
        let two = tags.prefix(2).map(\.identifier)
        if tags.count > 1, tags[1].type == .vlan,
            let name = names[Tags(port: port, type: outer.type.rawValue, vlans: two)]
        {
            return name
        }
        return names[Tags(port: port, type: outer.type.rawValue, vlans: [outer.identifier])]
    }
}
