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
        _ count: Int, avoiding networks: [IPPrefix], seed: UInt64 = 1
    ) -> [IPPrefix] {
        make(lengths(count, shares, rest: 24), avoiding: networks, seed: seed) { length, numbers in
            let address = IPv4Address(rawValue: UInt32(truncatingIfNeeded: numbers.next()))
            return address.isRoutable
                ? IPPrefix(containing: IPAddress(address), length: length) : nil
        }
    }

    /// Of 100,000 prefixes of IPv6; all others are /48: 46 %. Rounded from bgp.potaroo.net's reports since 2023.
    static let sharesOfIPv6: [(length: Int, of100000: Int)] = [
        (20, 10), (24, 200), (28, 500), (29, 3_000), (30, 500), (31, 300), (32, 13_000),
        (33, 1_600),
        (34, 1_300), (35, 700), (36, 4_500), (38, 900), (40, 9_500), (42, 2_900), (44, 9_600),
        (45, 1_200), (46, 3_200), (47, 1_600),
    ]

    /// The blocks out of which registries give addresses away.
    private static let registries: [UInt64] = [
        0x2001_0000_0000_0000, 0x2400_0000_0000_0000, 0x2600_0000_0000_0000,
        0x2800_0000_0000_0000, 0x2a00_0000_0000_0000, 0x2c00_0000_0000_0000,
    ]

    /// The same of IPv6. Longer ones than /32 lie in allocations, eight in each, as networks split what they got.
    /// - Parameter isScattered: whether all are /48 instead, anywhere in 2000::/3.
    static func makeIPv6(_ count: Int, isScattered: Bool, seed: UInt64 = 1) -> [IPPrefix] {
        guard !isScattered else {
            return make(
                [Int](repeating: 48, count: count), avoiding: [], seed: seed
            ) { length, numbers in
                prefix(numbers.next() >> 3 | 0x2000_0000_0000_0000, length)
            }
        }
        var numbers = SeededNumbers(seed: seed &+ 1)
        let allocations = (0..<max(1, count / 8)).map { _ -> UInt64 in
            let word = numbers.next()
            let registry = registries[Int(truncatingIfNeeded: word >> 32) % registries.count]
            return registry | (word & 0xf_ffff) << 32
        }
        return make(
            lengths(count, sharesOfIPv6, rest: 48), avoiding: [], seed: seed
        ) { length, numbers in
            let word = numbers.next()
            guard length > 32 else {
                let registry = registries[Int(truncatingIfNeeded: word >> 32) % registries.count]
                return prefix(registry | (word & 0xf_ffff) << 32, length)
            }
            let allocation = allocations[Int(truncatingIfNeeded: word >> 32) % allocations.count]
            return prefix(allocation | word & 0xffff_ffff, length)
        }
    }

    private static func prefix(_ high: UInt64, _ length: Int) -> IPPrefix {
        IPPrefix(containing: IPAddress(high: high, low: 0), length: length)
    }

    private static func make(
        _ lengths: [Int], avoiding networks: [IPPrefix], seed: UInt64,
        draw: (Int, inout SeededNumbers) -> IPPrefix?
    ) -> [IPPrefix] {
        var numbers = SeededNumbers(seed: seed)
        var seen: Set<IPPrefix> = []
        seen.reserveCapacity(lengths.count)
        var prefixes: [IPPrefix] = []
        prefixes.reserveCapacity(lengths.count)
        for length in lengths {
            while true {
                guard let prefix = draw(length, &numbers),
                    !networks.contains(where: { overlap($0, prefix) }),
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

    private static func lengths(
        _ count: Int, _ shares: [(length: Int, of100000: Int)], rest: Int
    ) -> [Int] {
        var lengths: [Int] = []
        lengths.reserveCapacity(count)
        for (length, share) in shares {
            lengths += repeatElement(length, count: count * share / 100_000)
        }
        return lengths + repeatElement(rest, count: count - lengths.count)
    }

    private static func overlap(_ left: IPPrefix, _ right: IPPrefix) -> Bool {
        left.contains(right.address) || right.contains(left.address)
    }
}
