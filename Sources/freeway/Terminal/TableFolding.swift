// SPDX-License-Identifier: Apache-2.0

/// Which columns of a table stand beside each other, and how wide each is there.
struct TableFolding {
    /// A column and its width in one part of the table.
    struct Place {
        let column: Int
        var width: Int
    }

    /// From top to bottom; one where all columns have room beside each other.
    private(set) var parts: [[Place]]

    private static let gap = 2

    /// - Parameters:
    ///   - natural: the width of each column's longest cell.
    ///   - width: columns of a line; nil for any number.
    init(columns: [TextTable.Column], natural: [Int], width: Int?) {
        let all = natural.enumerated().map { Place(column: $0, width: $1) }
        parts = [all]
        guard let width, Self.total(all) > width, !all.isEmpty else { return }
        // What the rows are called stands in front of each part, and leaves room for something else.
        var first = all[0]
        if columns.count > 1, !columns[0].isNumeric { first.width = min(first.width, width / 2) }
        parts = [[first]]
        for (column, longest) in natural.enumerated().dropFirst() {
            let widest = max(1, width - first.width - Self.gap)
            let least = min(longest, columns[column].narrowest ?? longest, widest)
            let place = Place(column: column, width: least)
            let last = parts.count - 1
            if parts[last].count == 1 || Self.total(parts[last] + [place]) <= width {
                parts[last].append(place)
            } else {
                parts.append([first, place])
            }
        }
        for index in parts.indices { Self.widen(&parts[index], natural, width) }
    }

    /// Gives the room that is left to the columns that are narrower than they would be.
    private static func widen(_ part: inout [Place], _ natural: [Int], _ width: Int) {
        for index in part.indices {
            let room = width - total(part)
            let wanted = natural[part[index].column] - part[index].width
            part[index].width += max(0, min(room, wanted))
        }
    }

    private static func total(_ part: [Place]) -> Int {
        part.reduce(0) { $0 + $1.width } + gap * max(0, part.count - 1)
    }
}
