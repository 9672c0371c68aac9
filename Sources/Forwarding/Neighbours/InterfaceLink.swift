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
    /// But for that of the link.
    let addresses: [InterfaceAddress]
    /// Nil without IPv6.
    let linkLocal: IPv6Address?
    /// The number of the VRF that it belongs to.
    var vrf: UInt16 = 0

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

    /// Whether an address is on a network of the interface, or on its link.
    func isOnNetwork(_ address: IPAddress) -> Bool {
        if address.ipv6?.isLinkLocal == true { return linkLocal != nil }
        return addresses.contains { $0.network.contains(address) }
    }

    /// The own address from which another one is asked for its MAC: on its network, or its link, else any.
    func source(toward address: IPAddress) -> IPAddress? {
        if address.ipv6?.isLinkLocal == true { return linkLocal.map { IPAddress($0) } }
        return addresses.first { $0.network.contains(address) }?.address
            ?? addresses.first { $0.address.isIPv4 == address.isIPv4 }?.address
    }

    /// Its own addresses of IPv6, that of the link first.
    var ipv6Addresses: [IPv6Address] {
        linkLocal.map { [$0] + addresses.compactMap(\.address.ipv6) } ?? []
    }

    /// A question whose MAC it is: by ARP (RFC 826), or a solicitation (RFC 4861, 4.3).
    /// - Parameters:
    ///   - host: whom it is about.
    ///   - mac: to whom; nil for all.
    func question(about host: IPAddress, to mac: MACAddress?) -> [UInt8]? {
        if let address = host.ipv6 {
            return linkLocal.map { solicitation(of: address, from: $0, to: mac) }
        }
        guard let address = host.ipv4, let source = source(toward: host)?.ipv4 else { return nil }
        return question(about: address, from: source, to: mac)
    }

    /// An ARP question (RFC 826), with the interface's tags.
    /// - Parameters:
    ///   - host: whose MAC it is about: the target.
    ///   - source: our address; the host's own for an announcement (RFC 5227, 3).
    ///   - mac: to whom; nil for all.
    func question(about host: IPv4Address, from source: IPv4Address, to mac: MACAddress?) -> [UInt8]
    {
        var bytes = header(to: mac ?? .broadcast, .arp)
        let start = bytes.count
        bytes += [UInt8](repeating: 0, count: ARPHeader.byteCount)
        bytes.withUnsafeMutableBytes {
            MutableARPHeader(MutableFrameBytes($0).dropFirst(start))?.write(
                .request, senderHardwareAddress: self.mac, senderAddress: source,
                targetHardwareAddress: mac ?? MACAddress(rawValue: 0), targetAddress: host)
        }
        return bytes
    }

    /// The Ethernet header of a frame of ours, with the interface's tags.
    func header(to mac: MACAddress, _ type: EtherType) -> [UInt8] {
        var bytes = mac.bytes + self.mac.bytes
        for (index, vlan) in vlans.enumerated() {
            let type = index == 0 ? outer.rawValue : EtherType.vlan.rawValue
            bytes += [type, vlan].flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        }
        return bytes + [UInt8(type.rawValue >> 8), UInt8(type.rawValue & 0xff)]
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
                        addresses: interface.addresses.filter { !$0.isOfLink }.map {
                            InterfaceAddress(address: $0.address, prefixLength: $0.prefixLength)
                        }, linkLocal: interface.linkLocal(mac: port.mac),
                        vrf: numbers.vrfs[interface.vrf] ?? 0)
                )
            })
    }
}
