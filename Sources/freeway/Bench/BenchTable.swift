// SPDX-License-Identifier: Apache-2.0

import ControlAPI

/// What `freeway bench` prints: the rates, and below them where the cycles of a packet go.
struct BenchTable {
    let report: BenchReport

    /// Parts of a round in the order of the road; others come last.
    private static let order = [
        "receive", "handOff", "admit", "crossConnect", "validateIPv4", "validateIPv6",
        "sourceCheck", "route",
        "rewrite",
        "transmit",
    ]

    func rendered(_ style: TextStyle) -> String {
        var text = rates(style)
        if report.workloads.contains(where: { !$0.stages.isEmpty }) {
            text += "\ncycles of a packet, from one round in 256:\n" + stages(style)
        }
        let notes =
            report.notes
            + report.workloads.flatMap { workload in
                workload.notes.map { "\(workload.name): \($0)" }
            }
        for note in notes { text += "note: \(note)\n" }
        if report.interrupted {
            text += "interrupted: the figures are those of the time that there was\n"
        }
        return text
    }

    private func rates(_ style: TextStyle) -> String {
        var table = TextTable([
            .text("WORKLOAD"), .number("WORKERS"), .text("PAGES"), .number("MPPS"),
            .number("CYCLES/PACKET"), .number("NS/PACKET"), .number("PACKETS/BURST"),
            .number("10G 64 B"), .number("10G IMIX"),
        ])
        for workload in report.workloads {
            // A rate of mixed frames says nothing about small ones.
            let isMixed = workload.wireBytesPerFrame > 100
            table.addRow([
                .init(workload.name),
                .init("\(workload.workers)" + (workload.floating ? " sharing" : "")),
                .init(workload.pages), .init(NumberText.fixed(workload.mpps, decimals: 2)),
                .init(NumberText.fixed(workload.cyclesPerPacket, decimals: 1)),
                .init(NumberText.fixed(workload.nanosecondsPerPacket, decimals: 1)),
                .init(NumberText.fixed(workload.packetsPerBurst, decimals: 1)),
                .init(isMixed ? "-" : headroom(workload.tenGigabit64)),
                .init(headroom(workload.tenGigabitIMIX)),
            ])
        }
        return table.rendered(style)
    }

    /// `2.1 x`: so many times the line.
    private func headroom(_ times: Double) -> String {
        NumberText.fixed(times, decimals: times < 10 ? 2 : 1) + " x"
    }

    private func stages(_ style: TextStyle) -> String {
        let present = Set(report.workloads.flatMap(\.stages.keys))
        let parts =
            Self.order.filter(present.contains) + present.subtracting(Self.order).sorted()
        var table = TextTable(
            [.text("WORKLOAD")] + parts.map { .number($0) } + [.number("SUM")])
        for workload in report.workloads where !workload.stages.isEmpty {
            let cells = parts.map { part in
                TextTable.Cell(
                    workload.stages[part].map { NumberText.fixed($0, decimals: 1) } ?? "-")
            }
            let sum = workload.stages.values.reduce(0, +)
            table.addRow(
                [.init(workload.name)] + cells + [.init(NumberText.fixed(sum, decimals: 1))])
        }
        return table.rendered(style)
    }
}
