// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Expectations

/// Pairs as many as can be: held against a search of all possibilities.
@Suite struct OrderedMatchingTests {
    /// The most pairs by trying everything.
    private func most(_ edges: [[Bool]], inOrder: Bool) -> Int {
        func best(_ row: Int, _ used: Set<Int>) -> Int {
            guard row < edges.count else { return 0 }
            let from = inOrder ? (used.max().map { $0 + 1 } ?? 0) : 0
            let options = edges[row].indices.filter {
                $0 >= from && !used.contains($0) && edges[row][$0]
            }
            return
                ([best(row + 1, used)]
                + options.map { 1 + best(row + 1, used.union([$0])) }).max() ?? 0
        }
        return best(0, [])
    }

    /// Seed 11.
    @Test func asManyAsCanBe() {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<400 {
            let rows = Int.random(in: 0...5, using: &random)
            let columns = Int.random(in: 0...5, using: &random)
            let edges = (0..<rows).map { _ in
                (0..<columns).map { _ in Int.random(in: 0..<3, using: &random) == 0 }
            }
            let inOrder = OrderedMatching(inOrder: rows, columns) { edges[$0][$1] }.pairs
            let any = OrderedMatching(inAnyOrder: rows, columns) { edges[$0][$1] }.pairs
            for pairs in [inOrder, any] {
                #expect(pairs.allSatisfy { edges[$0.wanted][$0.got] })
                #expect(Set(pairs.map(\.wanted)).count == pairs.count)
                #expect(Set(pairs.map(\.got)).count == pairs.count)
                #expect(pairs.map(\.wanted) == pairs.map(\.wanted).sorted())
            }
            #expect(inOrder.map(\.got) == inOrder.map(\.got).sorted())
            #expect(inOrder.count == most(edges, inOrder: true), "\(edges)")
            #expect(any.count == most(edges, inOrder: false), "\(edges)")
        }
    }

    @Test("what is too much to try is paired by its position")
    func tooMany() {
        let matching = OrderedMatching(inOrder: 4, 4, mostCombinations: 8) {
            $0 == $1 && $0 != 0 && $0 != 3
        }
        #expect(matching.pairs.map(\.wanted) == [1, 2])
        let any = OrderedMatching(inAnyOrder: 3, 3, mostCombinations: 8) { $0 == $1 }
        #expect(any.pairs.count == 3)
    }
}
