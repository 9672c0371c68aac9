// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

/// What a reload changes: counts of what there are many of, and names of what there are few of.
public struct ConfigurationDifference: Equatable, Sendable {
    public struct Count: Equatable, Sendable {
        public var added = 0
        public var removed = 0
        public var changed = 0

        public init(added: Int = 0, removed: Int = 0, changed: Int = 0) {
            self.added = added
            self.removed = removed
            self.changed = changed
        }

        init<Key: Hashable, Value: Equatable>(_ old: [Key: Value], _ new: [Key: Value]) {
            for (key, value) in new {
                guard let before = old[key] else {
                    added += 1
                    continue
                }
                if before != value { changed += 1 }
            }
            removed = old.count + added - new.count
        }
    }

    public var routes: Count
    public var neighbours: Count
    /// Interfaces of tagged frames.
    public var interfaces: Count
    /// A pair is added or removed; no pair changes.
    public var crossConnects: Count
    /// The keys that changed of each port that changed, by the port's name.
    public var ports: [String: [String]]
    /// Other keys that changed, such as `log.level`.
    public var settings: [String]

    public init(from old: Configuration, to new: Configuration) {
        routes = Count(old.targets, new.targets)
        neighbours = Count(old.neighbourMACs, new.neighbourMACs)
        interfaces = Count(old.interfaceSettings, new.interfaceSettings)
        crossConnects = Count(old.pairs, new.pairs)
        ports = [:]
        for port in new.ports {
            guard let before = old.ports.first(where: { $0.name == port.name }) else { continue }
            let keys = Configuration.Port.rows
                .filter { $0.effect == .onReload && $0.text(port) != $0.text(before) }
                .map(\.facts.name)
            if !keys.isEmpty { ports[port.name] = keys }
        }
        settings = Configuration.settings.flatMap(\.keys)
            .filter { !$0.isRestarted && $0.text(old) != $0.text(new) }.map(\.path)
    }
}

/// The parts of a configuration with names in the place of indices, which depend on the order of its
/// ports.
extension Configuration {
    fileprivate struct NamedHop: Hashable {
        let address: IPAddress
        let weight: Int
        let interface: String?
        let isOnLink: Bool
    }

    fileprivate enum NamedTarget: Hashable {
        case via([NamedHop], Route.Track)
        case interface(String)
        case table(String)
        case drop(Route.Action)
    }

    fileprivate struct RouteName: Hashable {
        let vrf: String
        let prefix: IPPrefix
        let metric: UInt32
    }

    fileprivate var targets: [RouteName: NamedTarget] {
        Dictionary(
            routes.map { route in
                let target: NamedTarget =
                    switch route.target {
                    case .drop(let action): .drop(action)
                    case .interface(let index): .interface(interfaceName(index))
                    case .table(let vrf): .table(vrf)
                    case .via(let hops):
                        .via(
                            hops.map {
                                NamedHop(
                                    address: $0.address, weight: $0.weight,
                                    interface: $0.interface.map(interfaceName),
                                    isOnLink: $0.isOnLink)
                            }, route.track)
                    }
                return (
                    RouteName(vrf: route.vrf, prefix: route.to, metric: route.metric), target
                )
            }, uniquingKeysWith: { first, _ in first })
    }

    fileprivate var neighbourMACs: [String: MACAddress] {
        Dictionary(
            neighbours.map { ("\(interfaceName($0.interface)) \($0.address)", $0.mac) },
            uniquingKeysWith: { first, _ in first })
    }

    fileprivate var interfaceSettings: [String: [String]] {
        Dictionary(
            vlanInterfaces.map { interface in
                (interface.name, Interface.rows.map { $0.text(interface) })
            }, uniquingKeysWith: { first, _ in first })
    }

    fileprivate var pairs: [[String]: Bool] {
        Dictionary(
            crossConnects.map {
                ([interfaceName($0.left), interfaceName($0.right)].sorted(), true)
            }, uniquingKeysWith: { first, _ in first })
    }
}
