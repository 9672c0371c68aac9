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
    let fib = try FIB(name: TestEnvironment.uniqueName("routes"), groups: 100, numaNode: nil)
    var nextHops = NextHopTable()
    do {
        let neighbour = nextHops.add(
            .forward(
                port: 1, mtu: mtu, destinationMAC: Address.neighbour, sourceMAC: Address.right))!
        // 198.51.100.0/24 is where the tests' frames go unless they say otherwise.
        fib.paint(address: 0xc633_6400, length: 24, value: neighbour)
        try fill(fib, &nextHops)
    } catch {
        fib.free()
        throw error
    }
    return Snapshot(
        ports: [
            0: PortEntry(address: Address.own, admitsAny: admitsAny),
            1: PortEntry(address: Address.right, admitsAny: admitsAny),
        ], fib: fib, nextHops: nextHops, flowSeed: flowSeed, ownAddresses: [0: own])
}

extension FIB {
    /// Writes a prefix over what is there, so that shorter ones must come before those that lie in them.
    /// - Parameter group: of the /24 network that a prefix longer than 24 bits splits.
    func paint(address: UInt32, length: Int, value: UInt16, group: Int = 0) {
        let host = UInt32(truncatingIfNeeded: UInt64(UInt32.max) >> UInt64(length))
        let (first, last) = (address & ~host, address | host)
        let network = Int(first >> 8)
        guard length > 24 else { return fill(network..<Int(last >> 8) + 1, with: value) }
        var values = (0..<256).map { lookUp(UInt32(network << 8 | $0)) }
        for index in first & 255...last & 255 { values[Int(index)] = value }
        split(network, into: values[...], group: self.group(ofNetwork: network) ?? group)
    }
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
