// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

/// Prefixes with the lengths of a full BGP table, and at random places.
///
/// The shares are rounded from what the Internet's tables have had since about 2020: see the weekly
/// Routing Table Report ("prefixes announced per prefix length", thyme.apnic.net) and the BGP table
/// reports at bgp.potaroo.net. Both count next to nothing beyond /24, which networks filter.
struct GeneratedPrefixes {
    /// Of 100,000 prefixes; all others are /24: 61 %.
    static let shares: [(length: Int, of100000: Int)] = [
        (8, 2), (9, 2), (10, 4), (11, 10), (12, 30), (13, 60), (14, 120), (15, 210), (16, 1_400),
        (17, 850), (18, 1_450), (19, 2_600), (20, 4_600), (21, 5_300), (22, 11_400), (23, 10_500),
    ]

    /// Different prefixes of unicast addresses, outside of the networks that are avoided. The same count,
    /// networks and seed give the same prefixes.
    static func make(
        _ count: Int, avoiding networks: [IPv4Prefix], seed: UInt64 = 1
    ) -> [IPv4Prefix] {
        var numbers = SeededNumbers(seed: seed)
        var seen: Set<IPv4Prefix> = []
        seen.reserveCapacity(count)
        var prefixes: [IPv4Prefix] = []
        prefixes.reserveCapacity(count)
        for length in lengths(count) {
            while true {
                let address = IPv4Address(rawValue: UInt32(truncatingIfNeeded: numbers.next()))
                let prefix = IPv4Prefix(containing: address, length: length)
                guard address.isRoutable, !networks.contains(where: { overlap($0, prefix) }),
                    seen.insert(prefix).inserted
                else { continue }
                prefixes.append(prefix)
                break
            }
        }
        // A table comes in no order of lengths.
        prefixes.shuffle(using: &numbers)
        return prefixes
    }

    private static func lengths(_ count: Int) -> [Int] {
        var lengths: [Int] = []
        lengths.reserveCapacity(count)
        for (length, share) in shares {
            lengths += repeatElement(length, count: count * share / 100_000)
        }
        return lengths + repeatElement(24, count: count - lengths.count)
    }

    private static func overlap(_ left: IPv4Prefix, _ right: IPv4Prefix) -> Bool {
        left.contains(right.address) || right.contains(left.address)
    }
}
