// SPDX-License-Identifier: Apache-2.0

import ControlAPI

/// The forwarding table for people. Columns have their widths from the first page on, since more lines come than there is
/// memory for.
struct RoutesTable {
    private var known: FoldingLines?

    /// The lines of a page; the first has the titles.
    mutating func lines(_ page: [RouteEntry], _ style: TextStyle) -> String {
        var lines =
            known
            ?? FoldingLines([
                ("TO", FoldingLines.width(of: page.map(\.to), atLeast: 18)), ("VIA", 24),
                ("INTERFACE", 9), ("FROM", 0),
            ])
        defer { known = lines }
        return page.reduce(lines.titles(style)) { text, entry in
            let from = RouteText.origin(entry.origin)
            guard let first = entry.nextHops.first else {
                return text
                    + lines.line(
                        [
                            entry.to, entry.type.rawValue + RouteText.rank(of: entry),
                            entry.origin.interface ?? "", from,
                        ], style)
            }
            let isSet = entry.nextHops.count > 1
            return entry.nextHops.dropFirst().reduce(
                text
                    + lines.line(
                        [
                            entry.to, Self.via(first, isSet) + RouteText.rank(of: entry),
                            first.interface ?? (first.vrf == nil ? "none" : ""), from,
                        ], style)
            ) {
                $0 + lines.line(["", Self.via($1, isSet), $1.interface ?? "none", ""], style)
            }
        }
    }

    private static func via(_ hop: RouteNextHop, _ isSet: Bool) -> String {
        guard let address = hop.address else {
            return hop.vrf.map { "VRF \($0)" } ?? "on the network"
        }
        return address + RouteText.through(hop) + (isSet ? " weight \(hop.weight)" : "")
    }
}

/// The neighbours for people.
struct NeighboursTable {
    private var known: FoldingLines?

    /// The lines of a page; the first has the titles.
    mutating func lines(_ page: [NeighbourEntry], _ style: TextStyle) -> String {
        var lines =
            known
            ?? FoldingLines([
                ("ADDRESS", FoldingLines.width(of: page.map(\.address), atLeast: 15)),
                ("MAC", 17), ("INTERFACE", 9), ("STATE", 10), ("FROM", 0),
            ])
        defer { known = lines }
        return page.reduce(lines.titles(style)) {
            $0
                + lines.line(
                    [
                        $1.address, $1.mac ?? "unknown",
                        $1.interface + ($1.vrf.map { " in \($0)" } ?? ""), $1.state,
                        Self.from($1.origin, $1.address),
                    ], style)
        }
    }
}

extension NeighboursTable {
    /// Its state says what kind of neighbour it is.
    private static func from(_ origin: RouteOrigin, _ address: String) -> String {
        guard origin.source != .learnt else { return address.contains(":") ? "ND" : "ARP" }
        guard origin.source != .api else { return "API" }
        var file = origin
        file.source = .configuration
        return RouteText.origin(file)
    }
}

/// Lines with columns of given widths, two spaces apart. What does not fit in the width of a line goes on the next.
struct FoldingLines {
    private let columns: [(title: String, width: Int)]
    private var hasTitles = false

    init(_ columns: [(title: String, width: Int)]) { self.columns = columns }

    /// That of a column with such cells: few of IPv6 are longer than these.
    static func width(of cells: [String], atLeast least: Int) -> Int {
        min(30, cells.map(\.count).reduce(least, max))
    }

    /// The titles, once.
    mutating func titles(_ style: TextStyle) -> String {
        defer { hasTitles = true }
        return hasTitles
            ? ""
            : style.apply(.heading, to: String(line(columns.map(\.title), style).dropLast())) + "\n"
    }

    func line(_ cells: [String], _ style: TextStyle) -> String {
        let width = style.width ?? .max
        let indent = String(repeating: " ", count: min(20, width / 4))
        var lines: [String] = []
        var line = ""
        for (cell, column) in zip(cells, columns) {
            if !cell.isEmpty, !line.isEmpty, line.count + cell.count > width {
                lines.append(line)
                line = indent
            }
            let padding = max(0, column.width - cell.count)
            line += cell + String(repeating: " ", count: padding + 2)
        }
        lines.append(line)
        return lines.map { $0.withoutBlanksAtItsEnd + "\n" }.joined()
    }
}

extension String {
    fileprivate var withoutBlanksAtItsEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
