// SPDX-License-Identifier: Apache-2.0

import DPDK
package import Dataplane
package import FreewayConfiguration
import Synchronization

/// An interface in force, and what came in and left by it.
package struct InterfaceReading: Sendable {
    package let interface: Configuration.Interface
    package let port: AttachedPort
    package let count: InterfaceCount
}

extension Forwarder {
    /// The interfaces in the order of the configuration. Any thread.
    /// - Parameter tallies: what is counted for ports: where these have no VLANs, it is their interfaces', too.
    package func readInterfaces(_ tallies: TallySet) -> [InterfaceReading] {
        let tables = state.withLock { $0.tables }
        return zip(tables.configuration.interfaces, tables.numbers.numbers).map {
            interface, number in
            InterfaceReading(
                interface: interface, port: tables.ports[interface.port],
                count: tables.numbers.reading(
                    number, count: group.readInterface,
                    countOfPort: { Self.count(ofPort: $0, tallies) }))
        }
    }

    static func count(ofPort port: UInt16, _ tallies: TallySet) -> InterfaceCount {
        var count = InterfaceCount()
        count.received = tallies.received(port: port)
        count.sent = tallies.transmitted(port: port)
        return count
    }
}
