// SPDX-License-Identifier: Apache-2.0

import Dataplane
import FreewayConfiguration
import PacketHeaders

/// What goes into the forwarding table of a family, and why: routes of the configuration and of the API, and what interfaces
/// bring. Each change gives the steps that the table must take. Control thread.
struct FamilyRoutes<Key: FamilyPrefix>: Sendable {
    typealias Route = RouteContents.Route

    /// What a change makes of the table, and what takes it back.
    struct Change: Sendable {
        private var noted: [FIBStep<Key>] = []
        fileprivate var undo: [(key: Key, before: [Route])] = []
    }

    private(set) var routes = RouteCandidates<Key>()
    /// The numbers of prefixes whose route may give way to another one, or has to be looked after: these stand for their
    /// routes in the table.
    private var ranked: [Key: UInt16] = [:]
    private(set) var routesOfAPI = 0
    private(set) var own = OwnPrefixes<Key>()
    /// The neighbours whose own entry is in the table: their numbers by address.
    private var adjacencies: [Key.Bits: UInt16] = [:]

    /// What the table has for a prefix: 0 for none.
    func entry(_ key: Key) -> UInt16 {
        if key.length == Key.Bits.bitWidth, let number = adjacencies[key.address] { return number }
        return own.values[key] ?? routeEntry(key)
    }

    /// What a prefix's routes lead to: 0 for none.
    private func routeEntry(_ key: Key) -> UInt16 {
        guard let route = routes.best[key] else { return 0 }
        return ranked.isEmpty ? route.number : ranked[key] ?? route.number
    }

    /// The prefixes of the table, each in front of those that lie in it.
    var entries: [(Key, UInt16)] {
        let routes = routes.best
        var keys = Array(routes.keys)
        keys += own.values.keys.filter { routes[$0] == nil }
        keys += adjacencies.keys.map { Key.host($0) }.filter {
            routes[$0] == nil && own.values[$0] == nil
        }
        keys.sort()
        return keys.map { ($0, entry($0)) }
    }

    /// Puts routes in the place of those that a prefix has.
    /// - Parameter new: by metric.
    mutating func set(
        _ key: Key, to new: [Route], _ change: inout Change, _ registry: inout NextHopRegistry
    ) {
        let neighbours = own.neighbours(in: key)
        guard !neighbours.isEmpty else {
            let before = entry(key)
            change.undo.append((key, replace(key, by: new, &registry)))
            return change.note(key, before, entry(key))
        }
        let keys = Set(neighbours.map { Key.host($0.address) } + [key])
        let before = keys.map(entry)
        change.undo.append((key, replace(key, by: new, &registry)))
        for neighbour in neighbours { judge(neighbour) }
        for (key, before) in zip(keys, before) { change.note(key, before, entry(key)) }
    }

    /// Routes of a prefix are on other lines of the configuration now.
    mutating func move(_ key: Key, to new: [Route]) { routes.set(key, to: new) }

    /// Takes a change back.
    mutating func revert(_ change: Change, _ registry: inout NextHopRegistry) {
        for (key, before) in change.undo.reversed() {
            _ = replace(key, by: before, &registry)
            for neighbour in own.neighbours(in: key) { judge(neighbour) }
        }
    }

    /// A route uses its number as long as it is here.
    private mutating func replace(
        _ key: Key, by new: [Route], _ registry: inout NextHopRegistry
    ) -> [Route] {
        let before = routes[key]
        for route in new { registry.use(route.number) }
        let number = new.isRanked ? registry.useRanked(new) : nil
        for route in before { registry.drop(route.number) }
        if !ranked.isEmpty || number != nil {
            if let old = ranked[key] { registry.drop(old) }
            ranked[key] = number
        }
        routes.set(key, to: new)
        routesOfAPI += new.count(where: \.isOfAPI) - before.count(where: \.isOfAPI)
        return before
    }

    /// A neighbour is no route: where a longer prefix than its network's holds its address, that prefix
    /// decides (RFC 1812, 5.2.4.3).
    private mutating func judge(_ neighbour: OwnPrefixes<Key>.Neighbour) {
        adjacencies[neighbour.address] = nil
        for length in (0...Key.Bits.bitWidth).reversed() {
            let number = entry(Key(neighbour.address, length))
            guard number != 0 else { continue }
            if number == neighbour.connected || number == own.broadcast {
                adjacencies[neighbour.address] = neighbour.number
            }
            return
        }
    }

    /// Puts other prefixes of the ports in the place of these.
    mutating func set(
        _ own: OwnPrefixes<Key>, _ change: inout Change, _ registry: inout NextHopRegistry
    ) {
        var keys = Set(self.own.values.keys).union(own.values.keys)
        for neighbour in self.own.neighbours + own.neighbours {
            keys.insert(Key.host(neighbour.address))
        }
        let before = keys.map(entry)
        for number in self.own.uses { registry.drop(number) }
        self.own = own
        adjacencies = [:]
        for neighbour in own.neighbours { judge(neighbour) }
        for (key, before) in zip(keys, before) { change.note(key, before, entry(key)) }
    }
}

extension [RouteContents.Route] {
    /// Whether what becomes of packets does not follow from the first alone.
    fileprivate var isRanked: Bool { count > 1 || first?.tracksNeighbours == true }
}

extension NextHopRegistry {
    /// The number that stands for routes of one prefix, used once more; nil when there are too many, which is noted.
    fileprivate mutating func useRanked(_ routes: [RouteContents.Route]) -> UInt16? {
        let number = use(
            .ranked(
                routes.map {
                    NextHopTable.Rank(entry: $0.number, tracksNeighbours: $0.tracksNeighbours)
                }))
        if number == nil { isOverfull = true }
        return number
    }
}

extension FamilyRoutes.Change {
    fileprivate mutating func note(_ key: Key, _ before: UInt16, _ after: UInt16) {
        if before != after { noted.append(FIBStep<Key>(key: key, before: before, after: after)) }
    }

    /// What the table must take, one step for each prefix, in the order of addresses: neighbours in the table's
    /// memory come one after the other, which takes half the time of a random order.
    var steps: [FIBStep<Key>] {
        var steps: [FIBStep<Key>] = []
        for step in noted.sortedStably() {
            if let last = steps.last, last.key == step.key {
                steps[steps.count - 1] = FIBStep<Key>(
                    key: step.key, before: last.before, after: step.after)
            } else {
                steps.append(step)
            }
        }
        return steps.filter { $0.before != $0.after }
    }
}

extension Array {
    /// By prefix; those of one prefix stay in their order.
    fileprivate func sortedStably<Key>() -> [Element] where Element == FIBStep<Key> {
        // Swift's sort is stable, but does not promise to be.
        enumerated().sorted {
            ($0.element.key, $0.offset) < ($1.element.key, $1.offset)
        }.map(\.element)
    }
}
