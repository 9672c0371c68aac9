// SPDX-License-Identifier: Apache-2.0

import ControlAPI

/// The ledger as `freeway stats` and `freeway replay` print it.
struct LedgerTable {
    var ledger: Ledger
    var balanced: Bool
    /// In the order in which they are to be shown.
    var ports: [(name: String, totals: PortTotals)]
    /// What each drop reason means, in one line; those without are shown by name alone.
    var meanings: [String: String] = [:]
    /// Receive and transmit rates by port name, when they are known.
    var portRates: [String: StatsRates] = [:]

    func rendered(_ style: TextStyle) -> String {
        renderedLedger(style) + "\n" + renderedPorts(style)
    }

    private func renderedLedger(_ style: TextStyle) -> String {
        var table = TextTable([
            .text("LEDGER"), .number("FRAMES"), .number("BYTES"), .prose(""),
        ])
        let bytes = ledger.bytes
        table.addRow(["received", .init(ledger.received), .init(bytes.received), ""])
        table.addRow(["generated", .init(ledger.generated), "", ""])
        table.addRow(["copied", .init(ledger.copied), "", ""])
        table.addRow(["transmitted", .init(ledger.transmitted), .init(bytes.transmitted), ""])
        table.addRow(["punted", .init(ledger.punted), "", ""])
        table.addRow(["consumed", .init(ledger.consumed), "", ""])
        table.addRow(["in transit", .init(ledger.inTransit), "", ""])
        table.addRow(["parked", .init(ledger.parked), "", ""])
        table.addRow([
            "dropped", .init(ledger.totalDropped), .init(bytes.dropped.values.reduce(0, &+)), "",
        ])
        for (reason, frames) in droppedByCount {
            table.addRow([
                "  \(reason)", .init(frames), .init(bytes.dropped[reason] ?? 0),
                .init(meanings[reason] ?? "", .faint),
            ])
        }
        table.addRow(["balanced", balanced ? .init("yes", .good) : .init("NO", .bad), "", ""])
        return table.rendered(style)
    }

    private func renderedPorts(_ style: TextStyle) -> String {
        let hasRates = !portRates.isEmpty
        var columns: [TextTable.Column] = [
            .text("PORT"), .number("RECEIVED"), .number("TRANSMITTED"),
            .number("BYTES RECEIVED"), .number("BYTES TRANSMITTED"),
        ]
        if hasRates { columns += [.number("RX FRAMES/S"), .number("TX FRAMES/S")] }
        var table = TextTable(columns)
        for (name, totals) in ports {
            var cells: [TextTable.Cell] = [
                .init(name), .init(totals.received), .init(totals.transmitted),
                .init(totals.receivedBytes), .init(totals.transmittedBytes),
            ]
            if hasRates { cells += RateCells.cells(portRates[name]) }
            table.addRow(cells)
        }
        return table.rendered(style)
    }

    /// The most frequent reason first.
    private var droppedByCount: [(String, UInt64)] {
        ledger.dropped.filter { $0.value != 0 }
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { ($0.key, $0.value) }
    }
}
