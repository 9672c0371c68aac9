// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Expectations

/// What two sequences have in common, held against the longest common subsequence by its definition.
@Suite struct SequenceAlignmentTests {
    @Test("as much stays as in the longest common subsequence")
    func longest() {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<400 {
            let first = Self.letters(&random)
            let second = Self.letters(&random)
            let gaps = SequenceAlignment(first, second).gaps
            let dropped = gaps.reduce(0) { $0 + $1.expected.count }
            let added = gaps.reduce(0) { $0 + $1.got.count }
            #expect(Self.apply(gaps, first, second) == second, "\(first) \(second)")
            let length = Self.longestCommonSubsequence(first, second)
            #expect(first.count - dropped == length, "\(first) \(second)")
            #expect(second.count - added == length)
        }
    }

    @Test("one element less, or one more, is one gap, however long the sequences")
    func oneGap() {
        let whole = Array(0..<20_000)
        var less = whole
        less.remove(at: 9_000)
        #expect(
            SequenceAlignment(whole, less).gaps == [
                .init(expected: 9_000..<9_001, got: 9_000..<9_000)
            ])
        #expect(
            SequenceAlignment(less, whole).gaps == [
                .init(expected: 9_000..<9_000, got: 9_000..<9_001)
            ])
        #expect(SequenceAlignment(whole, whole).gaps.isEmpty)
    }

    @Test("two gaps far from each other stay two")
    func twoGaps() {
        let whole = Array(0..<10_000)
        let less = whole.filter { $0 != 100 && $0 != 9_900 }
        #expect(
            SequenceAlignment(whole, less).gaps == [
                .init(expected: 100..<101, got: 100..<100),
                .init(expected: 9_900..<9_901, got: 9_899..<9_899),
            ])
    }

    @Test("beyond the bound on work, elements go by their position")
    func bound() {
        let first = [0, 1, 2, 3, 4, 5, 6, 7]
        let second = [0, 10, 2, 11, 12, 5, 13, 7]
        #expect(
            SequenceAlignment(first, second, maximumEdits: 3).gaps == [
                .init(expected: 1..<2, got: 1..<2), .init(expected: 3..<5, got: 3..<5),
                .init(expected: 6..<7, got: 6..<7),
            ])
    }

    private static func letters(_ random: inout SeededGenerator) -> [Int] {
        (0..<Int.random(in: 0...14, using: &random)).map { _ in
            Int.random(in: 0...3, using: &random)
        }
    }

    /// The second sequence, put together from the first and the gaps.
    private static func apply(
        _ gaps: [SequenceAlignment.Gap], _ first: [Int], _ second: [Int]
    ) -> [Int] {
        var result: [Int] = []
        var position = 0
        for gap in gaps {
            result += first[position..<gap.expected.lowerBound]
            result += second[gap.got]
            position = gap.expected.upperBound
        }
        return result + first[position...]
    }

    private static func longestCommonSubsequence(_ first: [Int], _ second: [Int]) -> Int {
        var table = [[Int]](
            repeating: [Int](repeating: 0, count: second.count + 1), count: first.count + 1)
        for i in first.indices {
            for j in second.indices {
                table[i + 1][j + 1] =
                    first[i] == second[j]
                    ? table[i][j] + 1 : max(table[i][j + 1], table[i + 1][j])
            }
        }
        return table[first.count][second.count]
    }
}
