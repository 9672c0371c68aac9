// SPDX-License-Identifier: Apache-2.0

import ControlAPI

/// What `freeway stats` prints.
struct StatsTable {
    var reply: StatsReply
    /// The sample before, when there is one: rates are then those in between.
    var previous: StatsReply?

    func rendered(_ style: TextStyle) -> String {
        let workers = reply.workers == 1 ? "1 worker" : "\(reply.workers) workers"
        let stalled = reply.stalledWorkers.map {
            style.apply(.bad, to: "worker \($0) is stalled: see freeway workers") + "\n"
        }.joined()
        let heading =
            "\(workers), up \(NumberText.duration(reply.uptimeSeconds))\n\(stalled)\n"
        let ledger = LedgerTable(
            ledger: reply.ledger, balanced: reply.balanced,
            ports: reply.portOrder.compactMap { name in reply.ports[name].map { (name, $0) } },
            meanings: DropMeanings.all, portRates: portRates)
        return heading + ledger.rendered(style) + renderedRates(style) + renderedHandoff(style)
    }

    private func renderedRates(_ style: TextStyle) -> String {
        guard let rates = previous.flatMap({ reply.rates(since: $0) }) ?? reply.rates else {
            return ""
        }
        var table = TextTable([.text("RATE"), .number("FRAMES/S"), .number("BITS/S")])
        for (name, rate) in [("received", rates.received), ("transmitted", rates.transmitted)] {
            table.addRow([
                .init(name), .init(NumberText.grouped(rate.framesPerSecond)),
                .init(NumberText.prefixed(rate.bitsPerSecond)),
            ])
        }
        return "\n" + table.rendered(style)
    }

    private func renderedHandoff(_ style: TextStyle) -> String {
        guard reply.handoff != Handoff() else { return "" }
        var table = TextTable([.text("HAND-OFF"), .number("FRAMES")])
        table.addRow(["received", .init(reply.handoff.rxHandoff)])
        table.addRow(["transmitted", .init(reply.handoff.txHandoff)])
        table.addRow(["in flight", .init(reply.handoff.inFlight)])
        return "\n" + table.rendered(style)
    }

    private var portRates: [String: StatsRates] {
        guard let previous, previous.startedAt == reply.startedAt else { return [:] }
        let seconds = reply.time.seconds(since: previous.time)
        return reply.ports.reduce(into: [:]) { rates, port in
            guard let earlier = previous.ports[port.key] else { return }
            rates[port.key] = RateCells.rates(
                received: (earlier.receivedTraffic, port.value.receivedTraffic),
                transmitted: (earlier.transmittedTraffic, port.value.transmittedTraffic),
                seconds: seconds)
        }
    }
}

extension PortTotals {
    fileprivate var receivedTraffic: Traffic { Traffic(frames: received, bytes: receivedBytes) }
    fileprivate var transmittedTraffic: Traffic {
        Traffic(frames: transmitted, bytes: transmittedBytes)
    }
}
