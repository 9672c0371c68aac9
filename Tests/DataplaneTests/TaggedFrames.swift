// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import PacketHeaders
import TestSupport

@testable import Dataplane

/// A tag as IEEE 802.1Q, 9.6, has it: type, then priority and identifier.
struct Tag {
    var type: UInt16 = 0x8100
    /// With the drop-eligible bit lowest.
    var priority: UInt16 = 0
    var identifier: UInt16

    var bytes: [UInt8] {
        Frames.big(UInt64(type), 2) + Frames.big(UInt64(priority << 12 | identifier), 2)
    }
}

extension [UInt8] {
    /// An untagged frame with tags behind its addresses.
    func tagged(_ tags: Tag...) -> [UInt8] {
        Array(prefix(12)) + tags.flatMap(\.bytes) + dropFirst(12)
    }
}

/// Routers and cross-connects with VLANs on port 0, the trunk.
enum Trunk {
    /// Numbers of the interfaces of tagged frames.
    static let hundred: UInt16 = 32
    static let service: UInt16 = 33
    static let double: UInt16 = 34
    static let outer: UInt16 = 35

    /// VLANs 100 (802.1Q), 200 (802.1ad) and 300.7 (802.1ad, then 802.1Q); 300 alone only where asked for.
    static func interfaces(
        port: UInt16 = 0, _ change: (inout [UInt16: InterfaceEntry]) -> Void = { _ in }
    ) -> [UInt16: InterfaceEntry] {
        var interfaces = [
            hundred: InterfaceEntry(port: port, vlans: [100]),
            service: InterfaceEntry(port: port, vlans: [200], outer: .serviceVLAN),
            double: InterfaceEntry(port: port, vlans: [300, 7], outer: .serviceVLAN),
        ]
        change(&interfaces)
        return interfaces
    }

    /// The trunk is port 0, whose untagged frames have an interface, too; port 1 has no VLANs. Next hops by each
    /// interface are behind 10.N/16, N being the number of the interface, and the others where `routing` has them.
    static func router(mtu: Int = 1500, own: OwnAddresses = OwnAddresses()) throws -> Snapshot {
        let fib = try FIB(name: TestEnvironment.uniqueName("trunk"), groups: 100, numaNode: nil)
        var nextHops = NextHopTable()
        let plain = nextHops.add(
            .forward(
                port: 1, mtu: mtu, destinationMAC: Address.neighbour, sourceMAC: Address.right))!
        fib.paint(address: 0xc633_6400, length: 24, value: plain)
        func add(_ number: UInt16, _ vlans: [UInt16], _ outer: EtherType = .vlan) {
            let entry = nextHops.add(
                .forward(
                    port: 0, interface: number, vlans: vlans, outer: outer, mtu: mtu,
                    destinationMAC: Address.neighbour, sourceMAC: Address.own))!
            fib.paint(address: 0x0a00_0000 | UInt32(number) << 16, length: 16, value: entry)
        }
        add(0, [])
        add(hundred, [100])
        add(service, [200], .serviceVLAN)
        add(double, [300, 7], .serviceVLAN)
        let silent = nextHops.add(.unresolved(port: 0, interface: hundred))!
        fib.paint(address: 0x0a63_0000, length: 16, value: silent)
        return Snapshot(
            ports: [
                0: PortEntry(address: Address.own, admitsAny: false),
                1: PortEntry(address: Address.right, admitsAny: false),
            ], interfaces: interfaces(), fib: fib, nextHops: nextHops, ownAddresses: [0: own])
    }
}
