// SPDX-License-Identifier: Apache-2.0

/// Finds what two sequences have in common, so that one missing element counts as one missing element
/// and not as everything after it being different: Myers, "An O(ND) Difference Algorithm and Its
/// Variations", 1986.
struct SequenceAlignment {
    /// A place where the sequences differ: these of the first stand where these of the second do. At
    /// most one of them is empty.
    struct Gap: Hashable {
        let expected: Range<Int>
        let got: Range<Int>
    }

    let gaps: [Gap]

    /// The work grows with the length times the number of differences, and the memory with the square
    /// of that number: with more differences, elements are compared by their position.
    static let defaultMaximumEdits = 1_000

    init<Element: Equatable>(
        _ expected: [Element], _ got: [Element], maximumEdits: Int = defaultMaximumEdits
    ) {
        let shorter = min(expected.count, got.count)
        var head = 0
        while head < shorter, expected[head] == got[head] { head += 1 }
        var tail = 0
        while tail < shorter - head,
            expected[expected.count - 1 - tail] == got[got.count - 1 - tail]
        { tail += 1 }
        let whole = Gap(
            expected: head..<expected.count - tail, got: head..<got.count - tail)
        if whole.expected.isEmpty && whole.got.isEmpty {
            gaps = []
        } else if whole.expected.isEmpty || whole.got.isEmpty {
            gaps = [whole]
        } else if let matches = Self.matches(
            expected[whole.expected], got[whole.got], maximumEdits)
        {
            gaps = Self.gaps(in: whole, matches)
        } else {
            gaps = Self.gaps(in: whole, Self.matchesByPosition(expected, got, whole))
        }
    }

    private static func matchesByPosition<Element: Equatable>(
        _ expected: [Element], _ got: [Element], _ whole: Gap
    ) -> [(Int, Int)] {
        zip(whole.expected, whole.got).filter { expected[$0] == got[$1] }
    }

    private static func gaps(in whole: Gap, _ matches: [(Int, Int)]) -> [Gap] {
        var gaps: [Gap] = []
        var (left, right) = (whole.expected.lowerBound, whole.got.lowerBound)
        for (i, j) in matches + [(whole.expected.upperBound, whole.got.upperBound)] {
            if left < i || right < j { gaps.append(Gap(expected: left..<i, got: right..<j)) }
            (left, right) = (i + 1, j + 1)
        }
        return gaps
    }

    /// The elements that stay, as pairs of indices; `nil` when there are more edits than allowed.
    private static func matches<Element: Equatable>(
        _ a: ArraySlice<Element>, _ b: ArraySlice<Element>, _ maximumEdits: Int
    ) -> [(Int, Int)]? {
        let most = min(maximumEdits, a.count + b.count)
        // For each diagonal (x - y), how far x has come with as many edits as the round's number.
        var furthest = [Int](repeating: 0, count: 2 * most + 3)
        let middle = most + 1
        var rounds: [[Int]] = []
        for edits in 0...most {
            rounds.append(Array(furthest[middle - edits - 1...middle + edits + 1]))
            for diagonal in stride(from: -edits, through: edits, by: 2) {
                let below = furthest[middle + diagonal + 1]
                let before = furthest[middle + diagonal - 1]
                let isInsertion = diagonal == -edits || diagonal != edits && before < below
                var x = isInsertion ? below : before + 1
                var y = x - diagonal
                while x < a.count, y < b.count, y >= 0,
                    a[a.startIndex + x] == b[b.startIndex + y]
                {
                    x += 1
                    y += 1
                }
                furthest[middle + diagonal] = x
                if x >= a.count, y >= b.count { return trace(rounds, a, b) }
            }
        }
        return nil
    }

    /// Goes the way back from the end, and notes where it was diagonal.
    private static func trace<Element>(
        _ rounds: [[Int]], _ a: ArraySlice<Element>, _ b: ArraySlice<Element>
    ) -> [(Int, Int)] {
        var matches: [(Int, Int)] = []
        var (x, y) = (a.count, b.count)
        for (edits, furthest) in rounds.enumerated().reversed() {
            let diagonal = x - y
            // `furthest` holds the diagonals from -edits - 1 through edits + 1.
            let below = furthest[diagonal + edits + 2]
            let before = furthest[diagonal + edits]
            let isInsertion = diagonal == -edits || diagonal != edits && before < below
            let previousX = edits == 0 ? 0 : isInsertion ? below : before
            let previousY =
                edits == 0 ? 0 : previousX - (isInsertion ? diagonal + 1 : diagonal - 1)
            while x > previousX, y > previousY {
                // The first step of a round is the edit itself.
                x -= 1
                y -= 1
                matches.append((a.startIndex + x, b.startIndex + y))
            }
            (x, y) = (previousX, previousY)
        }
        return matches.reversed()
    }
}
