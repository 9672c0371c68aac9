// SPDX-License-Identifier: Apache-2.0

/// Pairs what is wanted with what there is, as many as can be.
struct OrderedMatching {
    /// Indices of what is wanted and of what there is, by the former.
    let pairs: [(wanted: Int, got: Int)]

    /// More combinations than these are not all looked at: then elements are paired by their position.
    static let mostCombinations = 4_000_000

    private init(pairs: [(wanted: Int, got: Int)]) { self.pairs = pairs }

    /// Pairs that keep both orders: the longest common subsequence of elements that match.
    init(
        inOrder wanted: Int, _ got: Int, mostCombinations: Int = mostCombinations,
        matches: (_ wanted: Int, _ got: Int) -> Bool
    ) {
        let shorter = min(wanted, got)
        // A pair at either end is never worse than another one.
        var head = 0
        while head < shorter, matches(head, head) { head += 1 }
        var tail = 0
        while tail < shorter - head, matches(wanted - 1 - tail, got - 1 - tail) { tail += 1 }
        var pairs = (0..<head).map { ($0, $0) }
        let rows = head..<wanted - tail
        let columns = head..<got - tail
        if rows.count * columns.count > mostCombinations {
            pairs += zip(rows, columns).filter { matches($0, $1) }
        } else if !rows.isEmpty, !columns.isEmpty {
            pairs += Self.longest(rows, columns, matches)
        }
        pairs += (0..<tail).reversed().map { (wanted - 1 - $0, got - 1 - $0) }
        self.pairs = pairs.map { (wanted: $0.0, got: $0.1) }
    }

    private static func longest(
        _ rows: Range<Int>, _ columns: Range<Int>, _ matches: (Int, Int) -> Bool
    ) -> [(Int, Int)] {
        let width = columns.count + 1
        // How many pairs the rest from here on has.
        var lengths = [Int32](repeating: 0, count: (rows.count + 1) * width)
        for row in (0..<rows.count).reversed() {
            for column in (0..<columns.count).reversed() {
                let isMatch = matches(rows.lowerBound + row, columns.lowerBound + column)
                lengths[row * width + column] =
                    isMatch
                    ? lengths[(row + 1) * width + column + 1] + 1
                    : max(
                        lengths[(row + 1) * width + column], lengths[row * width + column + 1])
            }
        }
        var pairs: [(Int, Int)] = []
        var (row, column) = (0, 0)
        while row < rows.count, column < columns.count {
            let length = lengths[row * width + column]
            if length == lengths[(row + 1) * width + column] {
                row += 1
            } else if length == lengths[row * width + column + 1] {
                column += 1
            } else {
                pairs.append((rows.lowerBound + row, columns.lowerBound + column))
                row += 1
                column += 1
            }
        }
        return pairs
    }

    /// Pairs in any order: augmenting paths from each element that is wanted (Kuhn, 1955).
    init(
        inAnyOrder wanted: Int, _ got: Int, mostCombinations: Int = mostCombinations,
        matches: (_ wanted: Int, _ got: Int) -> Bool
    ) {
        guard wanted * got <= mostCombinations else {
            self = OrderedMatching(
                inOrder: wanted, got, mostCombinations: mostCombinations, matches: matches)
            return
        }
        let edges = (0..<wanted).map { row in (0..<got).filter { matches(row, $0) } }
        var owners = [Int?](repeating: nil, count: got)
        for row in 0..<wanted { Self.augment(row, edges, &owners) }
        self = OrderedMatching(
            pairs: owners.enumerated().compactMap { column, owner in
                owner.map { (wanted: $0, got: column) }
            }.sorted { $0.wanted < $1.wanted })
    }

    /// Looks, breadth first, for a way to give the row a column by giving others another one.
    private static func augment(_ start: Int, _ edges: [[Int]], _ owners: inout [Int?]) {
        var cameFrom: [Int: Int] = [:]
        var queue = [start]
        var position = 0
        while position < queue.count {
            let row = queue[position]
            position += 1
            for column in edges[row] where cameFrom[column] == nil {
                cameFrom[column] = row
                if let owner = owners[column] {
                    queue.append(owner)
                    continue
                }
                // Free: every row on the way takes the column that it came by.
                var column = column
                while let row = cameFrom[column] {
                    let before = owners.firstIndex(of: row)
                    owners[column] = row
                    guard row != start, let before else { return }
                    column = before
                }
                return
            }
        }
    }
}
