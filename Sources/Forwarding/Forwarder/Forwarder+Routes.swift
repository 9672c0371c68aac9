// SPDX-License-Identifier: Apache-2.0

import Dataplane
import FreewayConfiguration
import Synchronization

/// Changes of routes over the API while workers run. Any thread but a worker's and the control loop's; one at a
/// time.
extension Forwarder {
    /// What changes of routes made of the table.
    package struct RouteOutcome: Sendable {
        package let count: RouteContents.ChangeCount
        /// Routes of the API that there are now.
        package let routesOfAPI: Int
    }

    package enum RouteRefusal: Error {
        /// The forwarder cross-connects.
        case notRouting
        /// A reload or other changes took too long.
        case busy
        /// All that is wrong.
        case problems(RouteChanges)
        /// The table has no room.
        case full(FIBFailure)
    }

    /// Makes all changes, or none. Returns once both instances of the table have them.
    /// - Parameter patience: how long to wait for a reload, or other changes, to end.
    package func change(
        _ changes: RouteChanges, patience: Duration
    ) throws(RouteRefusal) -> RouteOutcome {
        let result = update(patience: patience) { updates in
            Result { () throws(RouteRefusal) in
                try activity.during(.routes) { () throws(RouteRefusal) in
                    try change(changes, &updates)
                }
            }
        }
        guard let result else { throw .busy }
        return try result.get()
    }

    private func change(
        _ changes: RouteChanges, _ updates: inout Updates
    ) throws(RouteRefusal) -> RouteOutcome {
        guard settle() else { throw .busy }
        guard updates.routing != nil else { throw .notRouting }
        let tables = state.withLock { $0.tables }
        var changes = changes
        let count: RouteContents.ChangeCount?
        do throws(FIBFailure) {
            count = try updates.routing!.apply(
                &changes, tables.configuration, tables.ports, tables.numbers)
        } catch {
            throw .full(error)
        }
        guard let count else { throw .problems(changes) }
        publish(
            ForwardingTables(
                configuration: tables.configuration, ports: tables.ports, admitsAny: admitsAny,
                flowSeed: flowSeed, numbers: tables.numbers, updates.routing))
        if settle() { updates.routing?.catchUp() }
        return RouteOutcome(
            count: count, routesOfAPI: updates.routing?.contents.routesOfAPI ?? 0)
    }
}
