// SPDX-License-Identifier: Apache-2.0

import DPDK
import Dataplane
import FreewayConfiguration
import Synchronization

/// Replacing what is in force while workers run. Any thread but a worker's; one at a time.
extension Forwarder {
    /// How long workers may take to let go of the tables that were replaced. They report every 256
    /// rounds, so that only a machine that does not run them takes this long.
    private static let patience = Duration.seconds(10)

    /// Puts a configuration in the place of the one in force: all of it, or nothing.
    ///
    /// Returns once no worker reads the old tables.
    /// - Returns: what changed.
    func reload(_ new: Configuration) throws(ReloadError) -> ConfigurationDifference {
        let result = updates.withLockIfAvailable { updates in
            Result { () throws(ReloadError) in
                try activity.during(.reload) { () throws(ReloadError) in
                    try replace(by: new, &updates)
                }
            }
        }
        guard let result else { throw .busy }
        return try result.get()
    }

    private func replace(
        by new: Configuration, _ updates: inout Updates
    ) throws(ReloadError) -> ConfigurationDifference {
        guard !updates.isOver else { throw .busy }
        let old = state.withLock { $0 }
        let obstacles = new.obstacles(replacing: old.tables.configuration, in: old.plan.purpose)
        guard obstacles.isEmpty else { throw .needsRestart(ConfigurationErrors(obstacles)) }
        // The memory holds two sets of tables, not three.
        guard settle() else { throw .held }

        let plan = old.plan.following(new)
        let tables = try build(new, plan, old.tables.ports, &updates)
        do throws(ReloadError) {
            try adjustDevices(from: old.tables.ports, to: tables.ports, new)
        } catch {
            tables.fib?.free()
            throw error
        }
        activity.during(.publish) {
            group.publication.publish(tables.snapshot(down: old.down))
            state.withLock {
                $0.plan = plan
                $0.tables = tables
            }
            _ = settle()
        }
        return ConfigurationDifference(from: old.tables.configuration, to: new)
    }

    private func build(
        _ new: Configuration, _ plan: Plan, _ attached: [AttachedPort], _ updates: inout Updates
    ) throws(ReloadError) -> ForwardingTables {
        let attachedByName = Dictionary(
            uniqueKeysWithValues: attached.map { ($0.planned.name, $0) })
        let ports = zip(plan.ports, new.ports).compactMap { planned, configured in
            attachedByName[configured.name]?.following(planned, configured)
        }
        updates.builds += 1
        do throws(TableBuilder.Failure) {
            return try activity.during(.buildTables) { () throws(TableBuilder.Failure) in
                try TableBuilder(configuration: new, ports: ports, admitsAny: admitsAny)
                    .build(plan.memory.fib, named: Self.tableName(updates.builds))
            }
        } catch {
            let message =
                switch error {
                case .noMemory(let error):
                    "\(error); the new table and the one in force must both fit the memory that "
                        + "Freeway was started with: lower this, or restart Freeway"
                case .tooSmall(let error): "\(error); raise this above \(new.memory.routes)"
                }
            throw .needsRestart(
                ConfigurationErrors([new.diagnostic(of: "memory.routes", message)]))
        }
    }

    /// Tells the devices what concerns them. When one refuses, the others are set back.
    private func adjustDevices(
        from old: [AttachedPort], to new: [AttachedPort], _ configuration: Configuration
    ) throws(ReloadError) {
        let acceptsAll = configuration.forward == .crossConnect || admitsAny
        var done: [(old: AttachedPort, new: AttachedPort)] = []
        for port in new {
            guard let before = old.first(where: { $0.port == port.port }) else { continue }
            do throws(DPDKError) {
                try deviceAccess.withLock { _ throws(DPDKError) in
                    try port.adjustDevice(from: before, acceptsAll: acceptsAll)
                }
                done.append((before, port))
            } catch {
                for (before, port) in done {
                    try? before.adjustDevice(from: port, acceptsAll: acceptsAll)
                }
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

    /// Waits until no worker reads tables that were replaced; false when that takes too long.
    private func settle() -> Bool {
        let clock = ContinuousClock()
        let deadline = clock.now + Self.patience
        while group.publication.reclaim() > 0 {
            guard clock.now < deadline else { return false }
            lookAgainSoon()
        }
        return true
    }
}

/// The state of the ports' links.
extension Forwarder {
    /// Says that a port's link went up or down; returns once no worker believes otherwise.
    func setLink(ofPort name: String, isUp: Bool) {
        guard let index = ports.first(where: { $0.planned.name == name })?.port.index else {
            return
        }
        updates.withLock { _ in
            var down = state.withLock { $0.down }
            if isUp { down.remove(index) } else { down.insert(index) }
            publish(down: down)
        }
    }

    /// Asks the devices for their links. A link counts as down once it was seen up and went down:
    /// some virtual devices never say that theirs is up.
    /// - Returns: the ports whose link changed, and whether it is up now.
    func observeLinks() -> [(port: String, isUp: Bool)] {
        updates.withLockIfAvailable { updates in
            if updates.isOver { return [] }
            let (ports, before) = state.withLock { ($0.tables.ports, $0.down) }
            var down = before
            activity.during(.links) {
                for attached in ports {
                    guard let isUp = deviceAccess.withLock({ _ in attached.isLinkUp }) else {
                        continue
                    }
                    let index = attached.port.index
                    if isUp {
                        updates.seenUp.insert(index)
                        down.remove(index)
                    } else if updates.seenUp.contains(index) {
                        down.insert(index)
                    }
                }
            }
            guard down != before else { return [] }
            publish(down: down)
            let changed = down.symmetricDifference(before)
            return ports.filter { changed.contains($0.port.index) }.map {
                ($0.planned.name, !down.contains($0.port.index))
            }
        } ?? []
    }

    /// Whether the port's link went down.
    func isDown(_ port: AttachedPort) -> Bool {
        state.withLock { $0.down.contains(port.port.index) }
    }

    private func publish(down: Set<UInt16>) {
        let tables = state.withLock { $0.tables }
        activity.during(.publish) {
            group.publication.publish(tables.snapshot(down: down))
            state.withLock { $0.down = down }
            _ = settle()
        }
    }
}
