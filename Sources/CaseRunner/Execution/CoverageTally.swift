// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane
import FreewayConfiguration
import PacketHeaders

/// Counts what of one configuration frames used.
struct CoverageTally {
    private let networks: VRFNetworks
    private let items: CaseCoverage
    private var interfaces: [String: UInt64] = [:]
    private var routes: [String: UInt64] = [:]
    private var nextHops: [String: UInt64] = [:]
    private var stages: [String: UInt64] = [:]
    private var reasons: [String: UInt64] = [:]

    init(_ configuration: Configuration) {
        networks = configuration.networks
        let isRouting = configuration.forward == .route
        let connected = configuration.interfaces.flatMap { interface in
            interface.addresses.filter { !$0.isOfLink }.map {
                Self.name($0.network.description, in: interface.vrf)
            }
        }
        let prefixes = configuration.routes.map { Self.name($0.to.description, in: $0.vrf) }
        let hops = configuration.routes.flatMap { route -> [IPAddress] in
            guard case .via(let hops) = route.target else { return [] }
            return hops.map(\.address)
        }
        let neighbours = configuration.neighbours.map(\.address)
        items = CaseCoverage(
            configuration: configuration.path, forward: configuration.forward.rawValue,
            interfaces: Self.items(configuration.interfaces.map(\.name)),
            routes: isRouting ? Self.items(prefixes + connected) : [],
            nextHops: isRouting ? Self.items(hops + neighbours) : [],
            stages: Stage.stages(
                of: isRouting ? .route : .crossConnect,
                checksSources: configuration.checksSources, hasVRFs: configuration.hasVRFs,
                ofIPv6: configuration.routesIPv6
            ).map {
                CaseCoverage.Item(String(describing: $0))
            },
            dropReasons: Self.reasons(configuration).map { CaseCoverage.Item($0.name) })
    }

    /// Each once, in their order.
    private static func items(
        _ values: [some CustomStringConvertible]
    ) -> [CaseCoverage.Item] {
        var seen: Set<String> = []
        return values.map(\.description).filter { seen.insert($0).inserted }
            .map { CaseCoverage.Item($0) }
    }

    /// That of a prefix, which may be in several VRFs.
    private static func name(_ prefix: String, in vrf: String) -> String {
        vrf == Configuration.VRF.main ? prefix : "\(prefix) in VRF \(vrf)"
    }

    /// Those that a frame of a replay can be dropped for: a replay waits where a live forwarder drops.
    private static func reasons(_ configuration: Configuration) -> [DropReason] {
        guard configuration.forward == .crossConnect else {
            let targets = configuration.routes.map(\.target)
            let leads = targets.contains { if case .table = $0 { true } else { false } }
            let isRemote = targets.contains { target in
                if case .via(let hops) = target {
                    hops.contains { $0.interface == nil }
                } else {
                    false
                }
            }
            return DropReason.allCases.filter {
                $0.row.isForReplays && $0 != .notConnected
                    && ($0 != .sourceCheckFailed || configuration.checksSources)
                    && ($0 != .vrfLoop || leads) && ($0 != .nextHopUnresolved || isRemote)
                    && (!$0.isOfIPv6 || configuration.routesIPv6)
            }
        }
        func mtu(_ index: Int) -> Int {
            let interface = configuration[interface: index]
            return interface.mtu(on: configuration.ports[interface.port])
        }
        let differ = configuration.crossConnects.contains { mtu($0.left) != mtu($0.right) }
        let hasVLANs = !configuration.vlanInterfaces.isEmpty
        return [.notConnected] + (differ ? [.exceedsMTU] : [])
            + (hasVLANs ? [.truncatedFrame, .unknownVLAN] : []) + [.linkDown]
    }

    mutating func add(_ journey: FrameJourney) {
        if let reason = journey.dropReason { reasons[reason, default: 0] += 1 }
        for name in Self.interfaces(of: journey) { interfaces[name, default: 0] += 1 }
        var vrf = Configuration.VRF.main
        for step in journey.steps {
            stages[step.stage, default: 0] += 1
            if let prefix = step.facts["prefix"]?.text {
                routes[route(prefix, step.facts["source"]?.text, in: vrf), default: 0] += 1
            }
            // That in which the rest of the way is looked up.
            vrf = step.facts["vrf"]?.text ?? vrf
            if let hop = step.facts["nextHop"]?.text { nextHops[hop, default: 0] += 1 }
        }
    }

    /// Those that the frame came in by and left by. Without tags of one the interface is the port.
    private static func interfaces(of journey: FrameJourney) -> Set<String> {
        let facts = journey.steps.map(\.facts)
        var names: Set = [facts.firstText("interface") ?? journey.port]
        for port in journey.exits.compactMap(\.port) {
            names.insert(
                facts.firstText("nextHop.interface") ?? facts.firstText("peer")
                    ?? (port == journey.port ? facts.firstText("interface") : nil) ?? port)
        }
        return names
    }

    /// A neighbour's own prefix belongs to the network that it is on.
    private func route(_ prefix: String, _ source: String?, in vrf: String) -> String {
        guard source != "route", let address = IPAddress(prefix.prefix { $0 != "/" }),
            let holder = networks[vrf].holder(of: address)
        else { return Self.name(prefix, in: vrf) }
        return Self.name(holder.address.network.description, in: vrf)
    }

    /// The counts up to now.
    var coverage: CaseCoverage {
        var result = items
        Self.fill(&result.interfaces, interfaces)
        Self.fill(&result.routes, routes)
        Self.fill(&result.nextHops, nextHops)
        Self.fill(&result.stages, stages)
        Self.fill(&result.dropReasons, reasons)
        return result
    }

    private static func fill(_ items: inout [CaseCoverage.Item], _ counts: [String: UInt64]) {
        for index in items.indices { items[index].frames = counts[items[index].name] ?? 0 }
    }
}

extension [[String: JSONValue]] {
    fileprivate func firstText(_ name: String) -> String? {
        lazy.compactMap { $0[name]?.text }.first
    }
}
