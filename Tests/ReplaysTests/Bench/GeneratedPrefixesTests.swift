// SPDX-License-Identifier: Apache-2.0

import PacketHeaders
import Testing

@testable import Replays

/// Prefixes like those of a full BGP table.
@Suite struct GeneratedPrefixesTests {
    static let ours = IPPrefix(containing: IPAddress("192.0.2.0")!, length: 24)

    @Test("none of none")
    func none() {
        #expect(GeneratedPrefixes.make(0, avoiding: []).isEmpty)
    }

    /// The shares are those that the Internet's routing table reports round to.
    @Test("about 61 % are /24, 11 % /22, 10 % /23; nothing is longer than /24 or shorter than /8")
    func shares() {
        let prefixes = GeneratedPrefixes.make(100_000, avoiding: [])
        let counts = Dictionary(grouping: prefixes, by: \.length).mapValues(\.count)
        #expect(counts.values.reduce(0, +) == 100_000)
        #expect((60_000...63_000).contains(counts[24] ?? 0))
        #expect((10_500...12_000).contains(counts[22] ?? 0))
        #expect((9_500...11_000).contains(counts[23] ?? 0))
        #expect((1_200...1_600).contains(counts[16] ?? 0))
        #expect(counts.keys.allSatisfy { (8...24).contains($0) })
    }

    @Test(
        "all differ, are unicast, and touch no network that is avoided",
        arguments: [1, 999, 50_000])
    func allDiffer(count: Int) {
        let prefixes = GeneratedPrefixes.make(count, avoiding: [Self.ours])
        #expect(prefixes.count == count)
        #expect(Set(prefixes).count == count)
        for prefix in prefixes {
            let bits = UInt32(truncatingIfNeeded: prefix.address.low)
            let first = bits >> 24
            #expect(first >= 1 && first <= 223 && first != 127, "\(prefix)")
            // Nothing there is forwarded (RFC 3927, 7).
            #expect(prefix.length < 16 || bits >> 16 != 0xa9fe, "\(prefix)")
            #expect(
                !prefix.contains(Self.ours.address) && !Self.ours.contains(prefix.address),
                "\(prefix)")
        }
    }

    @Test("the same seed gives the same prefixes, another one others")
    func seeds() {
        let first = GeneratedPrefixes.make(1_000, avoiding: [], seed: 7)
        #expect(GeneratedPrefixes.make(1_000, avoiding: [], seed: 7) == first)
        #expect(GeneratedPrefixes.make(1_000, avoiding: [], seed: 8) != first)
    }
}
