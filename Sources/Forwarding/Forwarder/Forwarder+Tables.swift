// SPDX-License-Identifier: Apache-2.0

package import ControlAPI
import DPDK
package import PacketHeaders
import Synchronization

/// Reading the tables in force while workers run. Any thread but a worker's.
extension Forwarder {
    /// How long a reload, or changes of routes, may keep a reader waiting.
    private static let patience = Duration.seconds(3)

    /// A page of the forwarding table.
    package func routes(_ page: RoutePage) throws(ControlRefusal) -> RoutesReply {
        let (reading, (found, hasMore)) = try read { $0.entries(page) }
        return RoutesReply(
            routes: found.map(reading.entry),
            next: hasMore ? found.last.map { "\($0.prefix)" } : nil)
    }

    /// What becomes of packets to an address.
    package func route(to address: IPAddress) throws(ControlRefusal) -> RouteReply {
        let (reading, found) = try read { $0.contents.found(address) }
        return reading.reply(to: address, found)
    }

    /// A page of the neighbours.
    package func neighbours(_ page: NeighbourPage) throws(ControlRefusal) -> NeighboursReply {
        try read { _ in }.0.neighbours(page)
    }

    /// Reads while nobody changes the tables. Words for what was found are for afterwards: whoever waits to change
    /// them waits for moments only.
    private func read<Found: Sendable>(
        _ find: (RoutingState) -> Found
    ) throws(ControlRefusal) -> (TableReading, Found) {
        let result = update(patience: Self.patience) { updates -> (TableReading, Found)? in
            guard let routing = updates.routing else { return nil }
            let state = state.withLock { $0 }
            let (hosts, lost) = control.perform("read neighbours") { [neighbours] in
                (neighbours?.states.hosts ?? [:], neighbours?.lost ?? [])
            }
            let reading = TableReading(
                routing.contents, state.tables, down: state.down, hosts, lost: lost)
            return (reading, find(routing))
        }
        switch result {
        case nil: throw .tablesAreBusy
        case .some(nil): throw .notRouting
        case .some(let read?): return read
        }
    }
}
