// SPDX-License-Identifier: Apache-2.0

/// Rows of text in aligned columns.
struct TextTable {
    let lines: [String]

    init(_ head: [String], _ rows: [[String]], rightAligned: Set<Int> = []) {
        let all = [head] + rows
        let widths = head.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        lines = all.map { row in
            let cells = row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return rightAligned.contains(column) ? padding + cell : cell + padding
            }
            let line = cells.joined(separator: "  ")
            return String(
                line.prefix(
                    (line.lastIndex { $0 != " " }).map {
                        line.distance(from: line.startIndex, to: $0) + 1
                    } ?? 0))
        }
    }
}
