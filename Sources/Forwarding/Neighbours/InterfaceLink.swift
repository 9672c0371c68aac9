// SPDX-License-Identifier: Apache-2.0

import DPDK
import Dataplane
import FreewayConfiguration
import PacketHeaders

/// How frames leave by an interface: what an entry of a next hop needs beside the host's MAC.
struct InterfaceLink: Equatable, Sendable {
    /// The interface's number.
    let number: UInt16
    /// DPDK's index of the port.
    let port: UInt16
    let mac: MACAddress
    let mtu: Int
    /// Identifiers, that of the outer tag first.
    let vlans: [UInt16]
    let outer: EtherType
    /// Whether the port has VLANs.
    let isByVLAN: Bool
    let addresses: [InterfaceAddress]

    /// What becomes of packets to a host.
    /// - Parameter mac: nil for one that is not known.
    func nextHop(_ mac: MACAddress?) -> NextHop {
        guard let mac else {
            return .unresolved(
                port: port, interface: number, byVLAN: isByVLAN, vlans: vlans, outer: outer)
        }
        guard isByVLAN else {
            return .forward(port: port, mtu: mtu, destinationMAC: mac, sourceMAC: self.mac)
        }
        return .forward(
            port: port, interface: number, vlans: vlans, outer: outer, mtu: mtu,
            destinationMAC: mac, sourceMAC: self.mac)
    }

    /// The own address on the network of another one.
    func source(toward address: IPv4Address) -> IPv4Address? {
        addresses.first {
            IPv4Prefix(containing: $0.address, length: $0.prefixLength)
                == IPv4Prefix(containing: address, length: $0.prefixLength)
        }?.address
    }

    /// An ARP question (RFC 826), with the interface's tags.
    /// - Parameters:
    ///   - host: whose MAC it is about: the target.
    ///   - source: our address; the host's own for an announcement (RFC 5227, 3).
    ///   - mac: to whom; nil for all.
    func question(about host: IPv4Address, from source: IPv4Address, to mac: MACAddress?) -> [UInt8]
    {
        var bytes = (mac ?? MACAddress(rawValue: 0xffff_ffff_ffff)).bytes + self.mac.bytes
        for (index, vlan) in vlans.enumerated() {
            let type = index == 0 ? outer.rawValue : EtherType.vlan.rawValue
            bytes += [type, vlan].flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        }
        bytes += [UInt8(EtherType.arp.rawValue >> 8), UInt8(EtherType.arp.rawValue & 0xff)]
        let start = bytes.count
        bytes += [UInt8](repeating: 0, count: ARPHeader.byteCount)
        bytes.withUnsafeMutableBytes {
            MutableARPHeader(MutableFrameBytes($0).dropFirst(start))?.write(
                .request, senderHardwareAddress: self.mac, senderAddress: source,
                targetHardwareAddress: mac ?? MACAddress(rawValue: 0), targetAddress: host)
        }
        return bytes
    }
}

extension ForwardingTables {
    /// By number.
    var links: [UInt16: InterfaceLink] {
        let tagged = configuration.portsWithVLANs
        return Dictionary(
            uniqueKeysWithValues: zip(numbers.numbers, configuration.interfaces).map {
                number, interface in
                let port = ports[interface.port]
                return (
                    number,
                    InterfaceLink(
                        number: number, port: port.port.index, mac: port.mac,
                        mtu: interface.mtu(on: port.configured), vlans: interface.vlans,
                        outer: interface.encapsulation.etherType,
                        isByVLAN: tagged.contains(interface.port),
                        addresses: interface.addresses.map {
                            InterfaceAddress(address: $0.address, prefixLength: $0.prefixLength)
                        })
                )
            })
    }
}
