// SPDX-License-Identifier: Apache-2.0

import DPDK
import Dataplane
import Dispatch
package import FreewayConfiguration
import PacketHeaders
import Synchronization

/// Replacing what is in force while workers run. Any thread but a worker's and the control loop's; one at a time.
extension Forwarder {
    /// How long workers may take to let go of the tables that were replaced. They report every 256
    /// rounds, so that only a machine that does not run them takes this long.
    private static let patience = Duration.seconds(10)

    /// Puts a configuration in the place of the one in force: all of it, or nothing.
    ///
    /// Returns once no worker reads the old tables, or ten seconds later: these stay in memory until none does.
    /// - Parameter patience: how long to wait for another reload, or changes of routes, to end.
    /// - Returns: what changed.
    package func reload(
        _ new: Configuration, patience: Duration = .zero
    ) throws(ReloadError) -> ReloadOutcome {
        let result = update(patience: patience) { updates in
            Result { () throws(ReloadError) in
                try activity.during(.reload) { () throws(ReloadError) in
                    try replace(by: new, &updates)
                }
            }
        }
        guard let result else { throw .busy }
        return try result.get()
    }

    /// Does the work while nobody else replaces what is in force; nil when somebody else does for too long.
    func update<Value: Sendable>(
        patience: Duration, _ work: (inout Updates) -> Value
    ) -> Value? {
        guard turn.wait(timeout: .now() + patience.dispatchInterval) == .success else { return nil }
        defer { turn.signal() }
        return updates.withLock { $0.isOver ? nil : work(&$0) }
    }

    private func replace(
        by new: Configuration, _ updates: inout Updates
    ) throws(ReloadError) -> ReloadOutcome {
        let old = state.withLock { $0 }
        let obstacles =
            new.obstacles(replacing: old.tables.configuration, in: old.plan.purpose)
            + old.plan.portsBeyondBuffers(new)
        guard obstacles.isEmpty else { throw .needsRestart(ConfigurationErrors(obstacles)) }
        // The memory holds two sets of tables, not three.
        guard settle() else { throw .held }

        let plan = old.plan.following(new)
        let ports = Self.ports(old.tables.ports, following: new, plan)
        let tallies = group.readTallies()
        let numbers = old.tables.numbers.following(
            new, portIndices: ports.map(\.port.index), count: group.readInterface,
            countOfPort: { Self.count(ofPort: $0, tallies) })
        let before = updates.routing
        let withdrawn = try activity.during(.buildTables) { () throws(ReloadError) in
            try route(new, plan, ports, numbers, &updates.routing)
        }
        do throws(ReloadError) {
            try prepareDevices(from: old.tables.ports, to: ports, new)
        } catch {
            if let before { updates.routing?.takeBack(to: before) }
            throw error
        }
        var tables = ForwardingTables(
            configuration: new, ports: ports, admitsAny: admitsAny, flowSeed: flowSeed,
            numbers: numbers, updates.routing)
        tables.formerAddresses = Self.formerAddresses(of: ports, old.tables.ports)
        publish(tables, plan)
        settleDevices(ports, new)
        if announces { announceNewAddresses() }
        if settle() { updates.routing?.catchUp() }
        if !tables.formerAddresses.isEmpty {
            // What the devices let in for the old addresses is through by then.
            waitForRounds()
            tables.formerAddresses = [:]
            publish(tables)
            _ = settle()
        }
        return ReloadOutcome(
            difference: ConfigurationDifference(from: old.tables.configuration, to: new),
            withdrawn: withdrawn)
    }

    /// The same ports as another configuration wants them, in its order.
    private static func ports(
        _ attached: [AttachedPort], following new: Configuration, _ plan: Plan
    ) -> [AttachedPort] {
        let attachedByName = Dictionary(
            uniqueKeysWithValues: attached.map { ($0.planned.name, $0) })
        return zip(plan.ports, new.ports).compactMap { planned, configured in
            attachedByName[configured.name]?.following(planned, configured)
        }
    }

    private func route(
        _ new: Configuration, _ plan: Plan, _ ports: [AttachedPort], _ numbers: InterfaceNumbers,
        _ routing: inout RoutingState?
    ) throws(ReloadError) -> RouteContents.Withdrawn {
        guard routing != nil, let sizes = RoutingState.TableSizes(plan, new) else {
            return RouteContents.Withdrawn()
        }
        do throws(FIBFailure) {
            return try routing!.replace(by: new, ports, numbers, sizes: sizes)
        } catch {
            func errors(_ field: String, _ message: String) -> ConfigurationErrors {
                ConfigurationErrors([new.diagnostic(of: field, message)])
            }
            throw switch error {
            case .noMemory(let error):
                .needsRestart(
                    errors(
                        "memory.routes",
                        "\(error); the new table and the one in force must both fit the memory that "
                            + "Freeway was started with: lower this, or restart Freeway"))
            case .tooManyRoutes(let count):
                .needsRestart(
                    errors(
                        "memory.routes",
                        "found \(new.memory.routes), but there are \(count) routes with those that "
                            + "came over the API; raise this, or delete some (freeway routes load)"
                    ))
            case .tooManySplitNetworks, .tooManyNodes, .tooManyNextHops:
                .invalid(errors("routes", "\(error.obstacle); \(error.remedy)"))
            }
        }
    }

    /// Has the devices let in what either configuration wants. When one refuses, the others are set back.
    private func prepareDevices(
        from old: [AttachedPort], to new: [AttachedPort], _ configuration: Configuration
    ) throws(ReloadError) {
        var done: [(old: AttachedPort, new: AttachedPort)] = []
        for port in new {
            guard let before = old.first(where: { $0.port == port.port }) else { continue }
            do {
                try devices.perform { try port.prepareDevice(from: before) }
                done.append((before, port))
            } catch {
                devices.perform {
                    for (before, port) in done { try? before.prepareDevice(from: port) }
                }
                settleDevices(done.map(\.old), state.withLock { $0.tables.configuration })
                throw .needsRestart(
                    ConfigurationErrors([
                        configuration.diagnostic(
                            of: "ports.\(port.planned.name).mtu",
                            "found \(port.planned.mtu), but \(before.planned.mtu) is in force, and the "
                                + "device cannot change it while it runs (\(error)): restart Freeway"
                        )
                    ]))
            }
        }
    }

    /// Gives the devices the addresses that the tables have.
    private func settleDevices(_ ports: [AttachedPort], _ configuration: Configuration) {
        for (index, port) in ports.enumerated() {
            let acceptsAll = configuration.acceptsAll(index) || admitsAny
            devices.perform { try? port.settleDevice(acceptsAll: acceptsAll) }
        }
    }

    /// By DPDK's index: the addresses that ports had, and have no more.
    private static func formerAddresses(
        of ports: [AttachedPort], _ old: [AttachedPort]
    ) -> [UInt16: MACAddress] {
        let before = Dictionary(uniqueKeysWithValues: old.map { ($0.port.index, $0.mac) })
        let changed = ports.compactMap { port in
            before[port.port.index].flatMap {
                $0 == port.mac ? nil : (port.port.index, $0)
            }
        }
        return Dictionary(uniqueKeysWithValues: changed)
    }

    /// Waits, but not for ever, until every worker has done as many rounds as between two turns of
    /// housekeeping, which a device's queue does not outlast.
    private func waitForRounds() {
        let publication = group.publication
        // The first mark may be passed at once; between it and the second lie all those rounds.
        for _ in 0..<2 {
            let mark = publication.mark()
            _ = control.wait(upTo: Self.patience) { publication.hasPassed(mark) }
        }
    }

    /// Waits until no worker reads tables that were replaced; false when that takes too long.
    func settle() -> Bool {
        let publication = group.publication
        return control.wait(upTo: Self.patience) { publication.reclaim() == 0 }
    }

    /// Puts tables in force, while the links are as they are.
    func publish(_ tables: ForwardingTables, _ plan: Plan? = nil) {
        control.perform("publish") { [self] in
            activity.during(.publish) {
                let down = state.withLock { $0.down }
                neighbours?.follow(tables, down: down)
                group.publication.publish(tables.snapshot(down: down, neighbours))
                neighbours?.settle()
            }
            state.withLock {
                if let plan { $0.plan = plan }
                $0.tables = tables
            }
        }
    }
}

/// What a reload did.
package struct ReloadOutcome: Sendable {
    package let difference: ConfigurationDifference
    /// Routes of the API that the new configuration has no place for.
    package let withdrawn: RouteContents.Withdrawn
}
