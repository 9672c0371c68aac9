// SPDX-License-Identifier: Apache-2.0

import ControlAPI

/// What `freeway ports` prints.
struct PortsTable {
    var reply: PortsReply
    /// The sample before, when there is one: rates are then shown.
    var previous: PortsReply?

    func rendered(_ style: TextStyle) -> String {
        var columns: [TextTable.Column] = [
            .text("PORT"), .text("LINK"), .text("MAC"), .number("MTU"), .text("ADMIT"),
            .number("QUEUES"), .number("RECEIVED"), .number("TRANSMITTED"),
            .number("IMISSED"), .number("IERRORS"), .number("OERRORS"), .number("RXNOMBUF"),
        ]
        if previous != nil { columns += [.number("RX FRAMES/S"), .number("TX FRAMES/S")] }
        columns += [.prose("DEVICE")]
        var table = TextTable(columns)
        for port in reply.ports {
            var cells: [TextTable.Cell] = [
                .init(port.name), link(port.link), .init(port.mac), .init("\(port.mtu)"),
                .init(port.admit.rawValue), .init("\(port.rxQueues)/\(port.txQueues)"),
                .init(port.received.frames), .init(port.transmitted.frames),
                .init(problem: port.counters.imissed), .init(problem: port.counters.ierrors),
                .init(problem: port.counters.oerrors), .init(problem: port.counters.rxNoMbuf),
            ]
            if previous != nil { cells += RateCells.cells(rates(of: port)) }
            table.addRow(cells + [.init("\(port.device) (\(port.driver))", .faint)])
        }
        return table.rendered(style) + obstacles(style)
    }

    /// Why links are down, a sentence each behind the table.
    private func obstacles(_ style: TextStyle) -> String {
        let lines = reply.ports.compactMap { port in
            port.link.obstacle.map { style.folded("\(port.name): \($0)", indent: 2) }
        }
        return lines.isEmpty ? "" : "\n" + lines.joined()
    }

    private func link(_ link: PortLink) -> TextTable.Cell {
        guard link.up else { return .init("down", .bad) }
        guard let speed = link.speedMbps, speed != 0 else { return .init("up", .good) }
        let duplex = link.fullDuplex ? "" : " half"
        let text = speed % 1000 == 0 ? "\(speed / 1000) Gbit/s" : "\(speed) Mbit/s"
        return .init(text + duplex, .good)
    }

    private func rates(of port: PortStatus) -> StatsRates? {
        guard let previous,
            let earlier = previous.ports.first(where: { $0.name == port.name })
        else { return nil }
        return RateCells.rates(
            received: (earlier.received, port.received),
            transmitted: (earlier.transmitted, port.transmitted),
            seconds: reply.time.seconds(since: previous.time))
    }
}
