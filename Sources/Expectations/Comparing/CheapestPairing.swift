// SPDX-License-Identifier: Apache-2.0

/// Pairs two short sequences in order at the least total cost; an element without a partner costs half
/// of what makes two frames two frames. Needleman and Wunsch, 1970.
struct CheapestPairing {
    /// Row and column of each pair, ascending.
    let pairs: [(Int, Int)]

    /// Time and memory grow with rows × columns.
    init(rows: Int, columns: Int, cost: (Int, Int) -> Int) {
        let alone = FramePair.costOfTwoFrames / 2
        let width = columns + 1
        var totals = [Int](repeating: 0, count: (rows + 1) * width)
        var costs = [Int](repeating: 0, count: rows * columns)
        for column in 0...columns { totals[column] = column * alone }
        for row in 0..<rows {
            totals[(row + 1) * width] = (row + 1) * alone
            for column in 0..<columns {
                let pairCost = cost(row, column)
                costs[row * columns + column] = pairCost
                totals[(row + 1) * width + column + 1] = min(
                    totals[row * width + column] + pairCost,
                    totals[row * width + column + 1] + alone,
                    totals[(row + 1) * width + column] + alone)
            }
        }
        var pairs: [(Int, Int)] = []
        var (row, column) = (rows, columns)
        while row > 0, column > 0 {
            let total = totals[row * width + column]
            let paired =
                totals[(row - 1) * width + column - 1] + costs[(row - 1) * columns + column - 1]
            if total == paired {
                pairs.append((row - 1, column - 1))
                row -= 1
                column -= 1
            } else if total == totals[(row - 1) * width + column] + alone {
                row -= 1
            } else {
                column -= 1
            }
        }
        self.pairs = pairs.reversed()
    }
}
