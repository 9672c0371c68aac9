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
        ports = tables.ports.map {
            Port(index: $0.port.index, name: $0.planned.name, mac: $0.mac, mtu: $0.planned.mtu)
        }
        self.tables = NamedTables(
            contents: contents ?? RouteContents(), nextHops: tables.nextHops.withLinksDown(down),
            configuration: tables.configuration, portIndices: ports.map(\.index), down: down)
        flowSeed = tables.flowSeed
    }

    /// The same for a replay, between whose steps nothing changes.
    package init(_ forwarder: Forwarder) {
        self.init(forwarder, forwarder.updates.withLock { $0.routing?.contents })
    }
}
