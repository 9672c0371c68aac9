// SPDX-License-Identifier: Apache-2.0

import ControlAPI

/// The forwarding table for people. Columns have their widths from the start, since more lines come than there is
/// memory for.
struct RoutesTable {
    private var lines = FoldingLines(
        [("TO", 18), ("VIA", 24), ("PORT", 6), ("FROM", 0)])

    /// The lines of a page; the first has the titles.
    mutating func lines(_ page: [RouteEntry], _ style: TextStyle) -> String {
        page.reduce(lines.titles(style)) { text, entry in
            let from = RouteText.origin(entry.origin)
            guard let first = entry.nextHops.first else {
                return text
                    + lines.line([entry.to, entry.type.rawValue, entry.origin.port ?? "", from])
            }
            let isSet = entry.nextHops.count > 1
            return entry.nextHops.dropFirst().reduce(
                text + lines.line([entry.to, Self.via(first, isSet), first.port, from])
            ) {
                $0 + lines.line(["", Self.via($1, isSet), $1.port, ""])
            }
        }
    }

    private static func via(_ hop: RouteNextHop, _ isSet: Bool) -> String {
        guard let address = hop.address else { return "on the network" }
        return address + (isSet ? " weight \(hop.weight)" : "")
    }
}

/// The neighbours for people.
struct NeighboursTable {
    private var lines = FoldingLines([("ADDRESS", 15), ("MAC", 17), ("PORT", 6), ("FROM", 0)])

    /// The lines of a page; the first has the titles.
    mutating func lines(_ page: [NeighbourEntry], _ style: TextStyle) -> String {
        page.reduce(lines.titles(style)) {
            $0 + lines.line([$1.address, $1.mac, $1.port, RouteText.origin($1.origin)])
        }
    }
}

/// Lines with columns of given widths, two spaces apart. What does not fit in 80 columns goes on the next line.
struct FoldingLines {
    private let columns: [(title: String, width: Int)]
    private var hasTitles = false

    init(_ columns: [(title: String, width: Int)]) { self.columns = columns }

    /// The titles, once.
    mutating func titles(_ style: TextStyle) -> String {
        defer { hasTitles = true }
        return hasTitles ? "" : style.apply(.heading, to: row(columns.map(\.title))) + "\n"
    }

    func line(_ cells: [String]) -> String {
        let whole = row(cells)
        guard whole.count > 80, let last = cells.last, !last.isEmpty else { return whole + "\n" }
        return row(cells.dropLast()) + "\n" + String(repeating: " ", count: 20) + last + "\n"
    }

    private func row(_ cells: [String]) -> String {
        var text = ""
        for (cell, column) in zip(cells, columns) {
            let padding = max(0, column.width - cell.count)
            text += cell + String(repeating: " ", count: padding + 2)
        }
        while text.last == " " { text.removeLast() }
        return text
    }
}
