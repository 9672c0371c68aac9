// SPDX-License-Identifier: Apache-2.0

import ControlAPI

/// What `freeway workers` prints.
struct WorkersTable {
    var reply: WorkersReply
    /// The sample before, when there is one: rates are then shown.
    var previous: WorkersReply?

    func rendered(_ style: TextStyle) -> String {
        var columns: [TextTable.Column] = [
            .number("WORKER"), .number("LCORE"), .text("CPU"), .text("STATE"), .number("BUSY"),
            .number("FRAMES/ROUND"), .number("RECEIVED"), .number("TRANSMITTED"),
            .number("HANDED OFF"), .number("TAKEN"),
        ]
        if previous != nil { columns += [.number("RX FRAMES/S"), .number("TX FRAMES/S")] }
        columns += [.text("QUEUES")]
        var table = TextTable(columns)
        for worker in reply.workers {
            var cells: [TextTable.Cell] = [
                .init("\(worker.index)"), .init("\(worker.lcore)"), .init(cpus(of: worker)),
                state(worker.state), .init(NumberText.percent(worker.busyShare)),
                .init(NumberText.fixed(worker.framesPerBusyRound, decimals: 1)),
                .init(worker.received.frames), .init(worker.transmitted.frames),
                .init(worker.handedOff), .init(worker.taken),
            ]
            if previous != nil { cells += RateCells.cells(rates(of: worker)) }
            let queues = worker.queues.map { "\($0.port):\($0.queue)" }.joined(separator: " ")
            table.addRow(cells + [.init(queues.isEmpty ? "-" : queues)])
        }
        return table.rendered(style)
    }

    private func cpus(of worker: WorkerStatus) -> String {
        let list = worker.cpus.map(String.init).joined(separator: ",")
        return worker.floating ? "\(list) floating" : list
    }

    private func state(_ state: WorkerState) -> TextTable.Cell {
        switch state {
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
