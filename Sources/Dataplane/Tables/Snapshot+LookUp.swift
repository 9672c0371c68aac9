// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

/// Looking up one address by itself, whatever the VRF: nothing here is for each packet.
extension Snapshot {
    /// How many tables a packet is looked up in, one after the other: where more would follow, they lead round in a circle.
    static let mostTables = 8

    /// The entry that the longest prefix names, in the VRF or in those that it leads to; nil where there is no table.
    func lookUp(_ address: IPv4Address, in vrf: UInt16) -> UInt16? {
        follow(vrf) { number(of: address, in: $0) }?.number
    }

    func lookUp(_ address: IPv6Address, in vrf: UInt16) -> UInt16? {
        follow(vrf) { number(of: address, in: $0) }?.number
    }

    /// The VRF in which the way to an address ends that begins in one.
    func lastVRF(to address: IPv4Address, from vrf: UInt16) -> UInt16 {
        guard options.contains(.vrf) else { return vrf }
        return follow(vrf) { number(of: address, in: $0) }?.vrf ?? vrf
    }

    func lastVRF(to address: IPv6Address, from vrf: UInt16) -> UInt16 {
        guard options.contains(.vrf) else { return vrf }
        return follow(vrf) { number(of: address, in: $0) }?.vrf ?? vrf
    }

    /// The entry that the longest prefix names in a VRF.
    func number(of address: IPv4Address, in vrf: UInt16) -> UInt16? {
        vrf == 0 ? fib?.lookUp(address.rawValue) : ipv6FIB?.lookUp(address, in: vrf)
    }

    func number(of address: IPv6Address, in vrf: UInt16) -> UInt16? {
        vrf == 0 ? ipv6FIB?.lookUp(address) : ipv6FIB?.lookUp(address, in: vrf)
    }

    private func follow(
        _ vrf: UInt16, _ lookUp: (UInt16) -> UInt16?
    ) -> (vrf: UInt16, number: UInt16)? {
        var vrf = vrf
        for _ in 0..<Self.mostTables {
            guard let number = lookUp(vrf) else { return nil }
            let entry = nextHops[Int(number)]
            guard entry.kind == .table else { return (vrf, number) }
            vrf = entry.table
        }
        return nil
    }
}
