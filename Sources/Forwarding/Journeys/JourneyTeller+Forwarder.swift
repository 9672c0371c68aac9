// SPDX-License-Identifier: Apache-2.0

import DPDK
import Dataplane
import FreewayConfiguration
import Synchronization

extension JourneyTeller {
    /// Tells in the words of what is in force now.
    /// - Parameter contents: nil in a forwarder that cross-connects.
    package init(_ forwarder: Forwarder, _ contents: RouteContents?) {
        let (tables, down) = forwarder.state.withLock { ($0.tables, $0.down) }
        let configuration = tables.configuration
        let numbers = tables.numbers.numbers
        interfaces = Dictionary(
            zip(numbers, configuration.interfaces).map { number, interface in
                let port = tables.ports[interface.port]
                return (
                    number,
                    Interface(
                        name: interface.name, port: port.planned.name, mac: port.mac,
                        mtu: interface.mtu(on: port.configured))
                )
            }, uniquingKeysWith: { first, _ in first })
        self.tables = NamedTables(
            contents: contents ?? RouteContents(),
            nextHops: tables.nextHops.laidOut(
                linksDown: down, lost: forwarder.neighbours?.lost ?? []),
            configuration: configuration, networks: tables.networks, numbers: numbers,
            vrfs: tables.numbers.vrfs, down: down)
        flowSeed = tables.flowSeed
    }

    /// The same for a replay, between whose steps nothing changes.
    package init(_ forwarder: Forwarder) {
        self.init(forwarder, forwarder.updates.withLock { $0.routing?.contents })
    }
}
