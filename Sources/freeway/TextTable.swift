// SPDX-License-Identifier: Apache-2.0

/// A table with aligned columns, two spaces apart: text to the left, numbers to the right.
struct TextTable {
    struct Column {
        let title: String
        let isNumeric: Bool

        static func text(_ title: String) -> Column { Column(title: title, isNumeric: false) }
        static func number(_ title: String) -> Column { Column(title: title, isNumeric: true) }
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
        let widths = columns.indices.map { index in
            lines.map { $0[index].text.count }.max() ?? 0
        }
        return lines.map { line($0, widths, style) + "\n" }.joined()
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ style: TextStyle) -> String {
        guard let last = cells.lastIndex(where: { !$0.text.isEmpty }) else { return "" }
        return cells[...last].enumerated().map { index, cell in
            let padding = String(repeating: " ", count: widths[index] - cell.text.count)
            let text = style.apply(cell.emphasis, to: cell.text)
            if columns[index].isNumeric { return padding + text }
            return index == last ? text : text + padding
        }.joined(separator: "  ")
    }
}
