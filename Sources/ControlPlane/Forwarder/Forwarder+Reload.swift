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
    /// - Parameter patience: how long to wait for another reload, or changes of routes, to end.
    /// - Returns: what changed.
    func reload(
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
        let clock = ContinuousClock()
        let deadline = clock.now + patience
        while true {
            if let value = updates.withLockIfAvailable({ work(&$0) }) { return value }
            guard clock.now < deadline else { return nil }
            lookAgainSoon()
        }
    }

    private func replace(
        by new: Configuration, _ updates: inout Updates
    ) throws(ReloadError) -> ReloadOutcome {
        guard !updates.isOver else { throw .busy }
        let old = state.withLock { $0 }
        let obstacles = new.obstacles(replacing: old.tables.configuration, in: old.plan.purpose)
        guard obstacles.isEmpty else { throw .needsRestart(ConfigurationErrors(obstacles)) }
        // The memory holds two sets of tables, not three.
        guard settle() else { throw .held }

        let plan = old.plan.following(new)
        let ports = Self.ports(old.tables.ports, following: new, plan)
        let before = updates.routing
        let withdrawn = try activity.during(.buildTables) { () throws(ReloadError) in
            try route(new, plan, ports, &updates.routing, replacing: old.plan)
        }
        do throws(ReloadError) {
            try adjustDevices(from: old.tables.ports, to: ports, new)
        } catch {
            if let before { updates.routing?.takeBack(to: before) }
            throw error
        }
        let tables = ForwardingTables(
            configuration: new, ports: ports, admitsAny: admitsAny, flowSeed: flowSeed,
            updates.routing)
        publish(tables, plan)
        if settle() { updates.routing?.catchUp() }
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
        _ new: Configuration, _ plan: Plan, _ ports: [AttachedPort],
        _ routing: inout RoutingState?, replacing old: Plan
    ) throws(ReloadError) -> RouteContents.Withdrawn {
        guard routing != nil, let size = plan.memory.fib else { return RouteContents.Withdrawn() }
        func refusal(_ message: String) -> ReloadError {
            .needsRestart(ConfigurationErrors([new.diagnostic(of: "memory.routes", message)]))
        }
        do throws(FIBPair.Failure) {
            return try routing!.replace(by: new, ports, size: size)
        } catch {
            throw switch error {
            case .noMemory(let error):
                refusal(
                    "\(error); the new table and the one in force must both fit the memory that "
                        + "Freeway was started with: lower this, or restart Freeway")
            case .tooSmall(let error):
                refusal("\(error); raise this above \(new.memory.routes)")
            case .tooManyRoutes(let count):
                refusal(
                    "found \(new.memory.routes), but there are \(count) routes with those that came "
                        + "over the API; raise this, or delete some (freeway routes load)")
            }
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
    func settle() -> Bool {
        let clock = ContinuousClock()
        let deadline = clock.now + Self.patience
        while publishing.withLock({ _ in group.publication.reclaim() }) > 0 {
            guard clock.now < deadline else { return false }
            lookAgainSoon()
        }
        return true
    }

    /// Puts tables in force, while the links are as they are.
    func publish(_ tables: ForwardingTables, _ plan: Plan? = nil) {
        publishing.withLock { _ in
            activity.during(.publish) {
                group.publication.publish(tables.snapshot(down: state.withLock { $0.down }))
            }
            state.withLock {
                if let plan { $0.plan = plan }
                $0.tables = tables
            }
        }
    }
}

/// What a reload did.
struct ReloadOutcome: Sendable {
    let difference: ConfigurationDifference
    /// Routes of the API that the new configuration has no place for.
    let withdrawn: RouteContents.Withdrawn
}

/// The state of the ports' links. It does not wait for a reload or for changes of routes, which may take
/// seconds: the tables stay, and only what names the ports is made anew.
extension Forwarder {
    /// Says that a port's link went up or down; returns once no worker believes otherwise.
    func setLink(ofPort name: String, isUp: Bool) {
        guard let index = ports.first(where: { $0.planned.name == name })?.port.index else {
            return
        }
        publishing.withLock { _ in
            var down = state.withLock { $0.down }
            if isUp { down.remove(index) } else { down.insert(index) }
            publish(down: down)
        }
        _ = settle()
    }

    /// Asks the devices for their links. A link counts as down once it was seen up and went down:
    /// some virtual devices never say that theirs is up.
    /// - Returns: the ports whose link changed, and whether it is up now.
    func observeLinks() -> [(port: String, isUp: Bool)] {
        let ports = self.ports
        let links = activity.during(.links) {
            ports.compactMap { attached in
                deviceAccess.withLock { _ in attached.isLinkUp }.map { (attached.port.index, $0) }
            }
        }
        let changed = publishing.withLock { _ in
            let (before, known) = state.withLock { ($0.down, $0.seenUp) }
            var (down, seenUp) = (before, known)
            for (index, isUp) in links {
                if isUp {
                    seenUp.insert(index)
                    down.remove(index)
                } else if seenUp.contains(index) {
                    down.insert(index)
                }
            }
            state.withLock { $0.seenUp = seenUp }
            if down != before { publish(down: down) }
            return down.symmetricDifference(before).map { (index: $0, isUp: !down.contains($0)) }
        }
        return ports.compactMap { attached in
            changed.first { $0.index == attached.port.index }.map {
                (attached.planned.name, $0.isUp)
            }
        }
    }

    /// Whether the port's link went down.
    func isDown(_ port: AttachedPort) -> Bool {
        state.withLock { $0.down.contains(port.port.index) }
    }

    /// The caller holds `publishing`.
    private func publish(down: Set<UInt16>) {
        let tables = state.withLock { $0.tables }
        activity.during(.publish) {
            group.publication.publish(tables.snapshot(down: down))
        }
        state.withLock { $0.down = down }
    }
}
