// SPDX-License-Identifier: Apache-2.0

package import ControlAPI
import DPDK
import FreewayConfiguration
package import PacketHeaders
import Synchronization

/// Reading the tables in force while workers run. Any thread but a worker's.
extension Forwarder {
    /// How long a reload, or changes of routes, may keep a reader waiting.
    private static let patience = Duration.seconds(3)

    /// A page of the forwarding table.
    package func routes(_ page: RoutePage) throws(ControlRefusal) -> RoutesReply {
        let (reading, (found, hasMore)) = try read(vrf: page.vrf) { $0.entries(page, in: $1) }
        return RoutesReply(
            routes: found.map(reading.entry),
            next: hasMore ? found.last.map { "\($0.prefix)" } : nil)
    }

    /// What becomes of packets to an address.
    /// - Parameter vrf: the name of that in which it is looked up.
    package func route(
        to address: IPAddress, in vrf: String = Configuration.VRF.main
    ) throws(ControlRefusal) -> RouteReply {
        let (reading, found) = try read(vrf: vrf) { $0.contents.found(address, in: $1) }
        return reading.reply(to: address, found)
    }

    /// A page of the neighbours.
    package func neighbours(_ page: NeighbourPage) throws(ControlRefusal) -> NeighboursReply {
        try read { _, _ in }.0.neighbours(page)
    }

    /// Reads while nobody changes the tables. Words for what was found are for afterwards: whoever waits to change
    /// them waits for moments only.
    private func read<Found: Sendable>(
        vrf: String = Configuration.VRF.main, _ find: (RoutingState, UInt16) -> Found
    ) throws(ControlRefusal) -> (TableReading, Found) {
        let configuration = state.withLock { $0.tables.configuration }
        guard configuration.vrfs.contains(vrf) else {
            throw ControlRefusal(
                status: 404,
                ErrorReply(
                    code: "unknownVRF", message: "no interface belongs to VRF \(vrf.prefix(64))",
                    remedy: "freeway interfaces shows them"))
        }
        let result = update(patience: Self.patience) { updates -> (TableReading, Found)? in
            guard let routing = updates.routing else { return nil }
            let state = state.withLock { $0 }
            let number = state.tables.numbers.vrfs[vrf] ?? 0
            let (hosts, lost) = control.perform("read neighbours") { [neighbours] in
                (neighbours?.states.hosts ?? [:], neighbours?.lost ?? [])
            }
            let reading = TableReading(
                routing.contents, state.tables, down: state.down, hosts, lost: lost)
            return (reading, find(routing, number))
        }
        switch result {
        case nil: throw .tablesAreBusy
        case .some(nil): throw .notRouting
        case .some(let read?): return read
        }
    }
}
