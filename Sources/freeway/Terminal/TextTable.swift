// SPDX-License-Identifier: Apache-2.0

/// A table with aligned columns, two spaces apart: text to the left, numbers to the right.
///
/// One that is wider than the style's lines is folded: columns that hold sentences become narrower, and what
/// has no room beside the first column follows below, with the first column again.
struct TextTable {
    struct Column {
        let title: String
        let isNumeric: Bool
        /// The width down to which the column may be made narrower; nil for one that keeps its width.
        var narrowest: Int?

        static func text(_ title: String) -> Column { Column(title: title, isNumeric: false) }
        static func number(_ title: String) -> Column { Column(title: title, isNumeric: true) }
        /// Text of any length, whose cells may have several lines.
        static func prose(_ title: String, atLeast width: Int = 16) -> Column {
            Column(title: title, isNumeric: false, narrowest: max(width, title.count))
        }
    }

    struct Cell: ExpressibleByStringInterpolation {
        let text: String
        var emphasis = TextStyle.Emphasis.none

        init(_ text: String, _ emphasis: TextStyle.Emphasis = .none) {
            self.text = text
            self.emphasis = emphasis
        }

        init(stringLiteral text: String) { self.init(text) }

        /// With thousands separators.
        init(_ number: UInt64, _ emphasis: TextStyle.Emphasis = .none) {
            self.init(NumberText.grouped(number), emphasis)
        }

        /// A count of something that should not happen: set off unless it is 0.
        init(problem number: UInt64) {
            self.init(number, number == 0 ? .none : .bad)
        }
    }

    private let columns: [Column]
    private var rows: [[Cell]] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// - Precondition: there is a cell for each column.
    mutating func addRow(_ cells: [Cell]) {
        precondition(cells.count == columns.count)
        rows.append(cells)
    }

    /// Lines, each ended by a newline, none with spaces at its end.
    func rendered(_ style: TextStyle) -> String {
        let header = columns.map { Cell($0.title, .heading) }
        let lines = columns.allSatisfy(\.title.isEmpty) ? rows : [header] + rows
        let natural = columns.indices.map { index in
            lines.map { $0[index].text.count }.max() ?? 0
        }
        return TableFolding(columns: columns, natural: natural, width: style.width).parts
            .map { part in lines.map { row($0, part, style) }.joined() }
            .joined(separator: "\n")
    }

    /// A row's cells in the columns of one part, as one line or more.
    private func row(_ cells: [Cell], _ part: [TableFolding.Place], _ style: TextStyle) -> String {
        let texts = part.map { TextFolding.lines(cells[$0.column].text, width: $0.width) }
        return (0..<(texts.map(\.count).max() ?? 1)).map { index in
            let pieces = texts.map { index < $0.count ? $0[index] : "" }
            return line(pieces, cells, part, style) + "\n"
        }.joined()
    }

    private func line(
        _ pieces: [String], _ cells: [Cell], _ part: [TableFolding.Place], _ style: TextStyle
    ) -> String {
        guard let last = pieces.lastIndex(where: { !$0.isEmpty }) else { return "" }
        return pieces[...last].enumerated().map { index, piece in
            let padding = String(repeating: " ", count: max(0, part[index].width - piece.count))
            let text = style.apply(cells[part[index].column].emphasis, to: piece)
            if columns[part[index].column].isNumeric { return padding + text }
            return index == last ? text : text + padding
        }.joined(separator: "  ")
    }
}
