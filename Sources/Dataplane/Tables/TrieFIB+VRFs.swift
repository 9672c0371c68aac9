// SPDX-License-Identifier: Apache-2.0

import DPDK
public import PacketHeaders

/// The tables of other VRFs than the main one, of both families: each begins with a node in the place of a root, so that a small
/// one takes a few thousand bytes. IPv4 addresses stand in the highest bits.
extension TrieFIB {
    /// Looks those up that are in another VRF than the main one, and leaves the others as they are.
    func lookUp(
        ipv4 addresses: UnsafeMutablePointer<UInt32>, in vrfs: UnsafeMutablePointer<UInt16>,
        count: Int, into values: UnsafeMutablePointer<UInt64>
    ) {
        let open = begin(vrfs, family: 1, count: count, into: values) { index in
            UInt64(addresses[index]) &<< 32
        }
        // No prefix of IPv4 has more than 32 bits.
        _ = descend(open, from: 48, into: values) { UInt64(addresses[$0]) &<< 32 }
    }

    func lookUp(
        ipv6 addresses: UnsafeMutablePointer<IPv6Address>, in vrfs: UnsafeMutablePointer<UInt16>,
        count: Int, into values: UnsafeMutablePointer<UInt64>
    ) {
        let open = begin(vrfs, family: 0, count: count, into: values) { addresses[$0].high }
        var rest = descend(open, from: 48, into: values) { addresses[$0].high }
        while let index = rest.popFirst() {
            values[index] = UInt64(lookUp(addresses[index], in: vrfs[index]))
        }
    }

    /// Where the first entry of each stands.
    @inline(__always) private func begin(
        _ vrfs: UnsafeMutablePointer<UInt16>, family: Int, count: Int,
        into values: UnsafeMutablePointer<UInt64>, _ high: (Int) -> UInt64
    ) -> UInt64 {
        var open: UInt64 = 0
        for index in 0..<count where vrfs[index] != 0 {
            let root = root(of: vrfs[index], family: family)
            open |= note(root, high(index) &>> 56, index, values)
        }
        return open
    }

    public func lookUp(_ address: IPv4Address, in vrf: UInt16) -> UInt16 {
        lookUp(UInt64(address.rawValue) &<< 32, 0, from: root(of: vrf, family: 1))
    }

    public func lookUp(_ address: IPv6Address, in vrf: UInt16) -> UInt16 {
        lookUp(address.high, address.low, from: root(of: vrf, family: 0))
    }

    private func lookUp(_ high: UInt64, _ low: UInt64, from root: UInt32) -> UInt16 {
        var entry = root
        var level: UInt64 = 0
        while entry >= Self.nodeFlag, level < 16 {
            let word = level < 8 ? high : low
            let byte = UInt8(truncatingIfNeeded: word &>> (56 &- 8 &* (level & 7)))
            entry = self.entry(entry, Int(byte))
            level &+= 1
        }
        return UInt16(truncatingIfNeeded: entry)
    }
}
