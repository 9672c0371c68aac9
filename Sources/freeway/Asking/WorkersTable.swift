// SPDX-License-Identifier: Apache-2.0

import ControlAPI

/// What `freeway workers` prints.
struct WorkersTable {
    var reply: WorkersReply
    /// The sample before, when there is one: rates are then shown.
    var previous: WorkersReply?

    func rendered(_ style: TextStyle) -> String {
        var columns: [TextTable.Column] = [
            .number("WORKER"), .number("LCORE"), .prose("CPU"), .text("STATE"), .number("BUSY"),
            .number("FRAMES/ROUND"), .number("RECEIVED"), .number("TRANSMITTED"),
            .number("HANDED OFF"), .number("TAKEN"),
        ]
        if previous != nil { columns += [.number("RX FRAMES/S"), .number("TX FRAMES/S")] }
        columns += [.prose("QUEUES")]
        var table = TextTable(columns)
        for worker in reply.workers {
            var cells: [TextTable.Cell] = [
                .init("\(worker.index)"), .init("\(worker.lcore)"), .init(cpus(of: worker)),
                state(worker), .init(NumberText.percent(worker.busyShare)),
                .init(NumberText.fixed(worker.framesPerBusyRound, decimals: 1)),
                .init(worker.received.frames), .init(worker.transmitted.frames),
                .init(worker.handedOff), .init(worker.taken),
            ]
            if previous != nil { cells += RateCells.cells(rates(of: worker)) }
            let queues = worker.queues.map { "\($0.port):\($0.queue)" }.joined(separator: " ")
            table.addRow(cells + [.init(queues.isEmpty ? "-" : queues)])
        }
        return table.rendered(style) + renderedGaps(style)
    }

    private func renderedGaps(_ style: TextStyle) -> String {
        guard reply.workers.contains(where: { $0.gaps != nil }) else { return "" }
        var table = TextTable([
            .number("WORKER"), .number("GAP P50"), .number("P99"), .number("P99.9"),
            .number("LONGEST"), .number("PREEMPTED"), .number("OFF CPU"),
        ])
        for worker in reply.workers {
            table.addRow(
                [.init("\(worker.index)")] + gaps(worker.gaps) + offCPU(worker.thread))
        }
        return "\n" + table.rendered(style)
    }

    private func cpus(of worker: WorkerStatus) -> String {
        let list = worker.cpus.map(String.init).joined(separator: ",")
        return worker.floating ? "\(list) floating" : list
    }

    private func gaps(_ gaps: WorkerGaps?) -> [TextTable.Cell] {
        guard let gaps else { return [TextTable.Cell](repeating: "-", count: 4) }
        return [gaps.p50Nanoseconds, gaps.p99Nanoseconds, gaps.p999Nanoseconds].map {
            .init(GapText.quantile($0))
        } + [.init(GapText.length(gaps.longestNanoseconds))]
    }

    private func offCPU(_ thread: ThreadStatus?) -> [TextTable.Cell] {
        guard let thread else { return ["-", "-"] }
        return [
            .init(thread.preemptions), .init(NumberText.shortDuration(thread.waitedSeconds)),
        ]
    }

    private func state(_ worker: WorkerStatus) -> TextTable.Cell {
        switch worker.state {
        case .stalled:
            .init(
                "stalled"
                    + (worker.stalledSeconds.map { " " + NumberText.shortDuration($0) } ?? ""),
                .bad)
        case .starting: .init("starting")
        case .running: .init("running", .good)
        case .stopped: .init("stopped", .bad)
        }
    }

    private func rates(of worker: WorkerStatus) -> StatsRates? {
        guard let previous,
            let earlier = previous.workers.first(where: { $0.index == worker.index })
        else { return nil }
        return RateCells.rates(
            received: (earlier.received, worker.received),
            transmitted: (earlier.transmitted, worker.transmitted),
            seconds: reply.time.seconds(since: previous.time))
    }
}
