// SPDX-License-Identifier: Apache-2.0

import DPDK
import Dataplane
import EALSupport
import PacketHeaders

/// The addresses that the tests' routers have.
enum Address {
    static let own = MACAddress(rawValue: 0x02_00_00_00_00_01)
    static let right = MACAddress(rawValue: 0x02_00_00_00_01_01)
    static let neighbour = MACAddress(rawValue: 0x02_00_00_00_01_99)
}

/// Two ports that frames may come in by, and a table of routes.
func routing(
    mtu: Int = 1500, admitsAny: Bool = false, flowSeed: UInt32 = 0,
    own: OwnAddresses = OwnAddresses(),
    _ fill: (FIB, inout NextHopTable) throws -> Void = { _, _ in }
) throws -> Snapshot {
    let fib = try FIB(
        name: TestEnvironment.uniqueName("routes"), routes: 1000, longPrefixGroups: 100,
        missValue: 0, numaNode: nil)
    var nextHops = NextHopTable()
    do {
        let neighbour = nextHops.add(
            .forward(
                port: 1, mtu: mtu, destinationMAC: Address.neighbour, sourceMAC: Address.right))!
        // 198.51.100.0/24 is where the tests' frames go unless they say otherwise.
        try fib.add(address: 0xc633_6400, length: 24, value: neighbour)
        try fill(fib, &nextHops)
    } catch {
        fib.free()
        throw error
    }
    return Snapshot(
        ports: [
            0: PortEntry(address: Address.own, admitsAny: admitsAny),
            1: PortEntry(address: Address.right, admitsAny: admitsAny),
        ], fib: fib, nextHops: nextHops, flowSeed: flowSeed, ownAddresses: own)
}

/// Ports that are pairs of a cross-connect.
func crossing(_ pairs: [(UInt16, UInt16)]) -> Snapshot {
    var ports: [UInt16: PortEntry] = [:]
    for (left, right) in pairs {
        ports[left] = PortEntry(address: Address.own, admitsAny: true, peer: right)
        ports[right] = PortEntry(address: Address.right, admitsAny: true, peer: left)
    }
    return Snapshot(ports: ports)
}
