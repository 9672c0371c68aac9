// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import DPDK
import Dataplane
import FreewayConfiguration
import PacketHeaders

/// Puts entries of the forwarding table into words: what becomes of packets now, and where each entry came from.
///
/// Holds nothing of the table itself: whoever keeps this keeps no change waiting, and has no million routes copied.
struct TableReading: Sendable {
    /// An entry as it was found, while the table stood still.
    struct Found: Sendable {
        let prefix: IPPrefix
        let meaning: NextHopRegistry.Meaning?
        let source: RouteContents.Source
        /// The number that the table has for the prefix.
        let entry: UInt16
        /// That of the route, which may be one of several.
        let number: UInt16
        /// Those of its next hops.
        let hops: [UInt16]
        let route: RouteContents.Route?
        /// The number of its VRF.
        let vrf: UInt16

        /// How many next hops it has.
        var width: Int {
            if case .group(let members) = meaning { members.count } else { 1 }
        }
    }

    /// By the VRFs' numbers.
    private let own: [(ipv4: OwnPrefixes<PrefixKey>, ipv6: OwnPrefixes<IPv6PrefixKey>)]
    private let vrfs: VRFNumbers
    private let configuration: Configuration
    private let networks: VRFNetworks
    /// Of the configuration's interfaces.
    private let numbers: [UInt16]
    /// Of the configuration's ports whose link is down.
    private let down: Set<Int>
    /// What was found out.
    private let hosts: [NeighbourKey: NeighbourStates.Host]
    /// As workers read it.
    private let nextHops: NextHopTable

    /// - Parameters:
    ///   - down: DPDK's indices of ports.
    ///   - lost: hosts that do not answer, of those that are tracked.
    init(
        _ contents: RouteContents, _ tables: ForwardingTables, down: Set<UInt16>,
        _ hosts: [NeighbourKey: NeighbourStates.Host] = [:], lost: Set<NeighbourKey> = []
    ) {
        self.hosts = hosts
        nextHops = tables.nextHops.laidOut(linksDown: down, lost: lost)
        own = contents.vrfs.map { ($0.ipv4.own, $0.ipv6.own) }
        vrfs = tables.numbers.vrfs
        configuration = tables.configuration
        networks = tables.networks
        numbers = tables.numbers.numbers
        self.down = Set(
            tables.ports.indices.filter { down.contains(tables.ports[$0].port.index) })
    }

    func entry(_ found: Found) -> RouteEntry {
        let (type, nextHops) = way(of: found)
        var entry = RouteEntry(
            to: "\(found.prefix)", type: type, nextHops: nextHops, origin: origin(of: found))
        entry.vrf = shownVRF(found.vrf)
        guard let route = found.route else { return entry }
        if route.metric > 0 { entry.metric = Int(route.metric) }
        if route.tracksNeighbours { entry.track = Configuration.Route.Track.neighbour.rawValue }
        if !isInForce(found) { entry.standby = true }
        return entry
    }

    /// The name of a VRF; nil for the main one, which is not told of.
    private func shownVRF(_ number: UInt16) -> String? { number == 0 ? nil : vrfs.name(number) }

    private func networks(of vrf: UInt16) -> InterfaceNetworks { networks[vrfs.name(vrf)] }

    /// The VRF of an interface; nil for the main one.
    private func shownVRF(ofInterface index: Int) -> String? {
        let name = configuration.vrf(ofInterface: index)
        return name == Configuration.VRF.main ? nil : name
    }

    /// Whether packets to the prefix go by this route, and not by another one with a lower metric.
    private func isInForce(_ found: Found) -> Bool {
        self.nextHops.leads(found.entry, by: found.number)
    }

    /// What becomes of packets to an address.
    /// - Parameter all: the routes of the longest prefix that it is in.
    func reply(to address: IPAddress, _ all: [Found]) -> RouteReply {
        let found = all.first(where: isInForce) ?? all.first
        let entry = found.map(self.entry)
        let reasons = entry?.nextHops.map(\.dropped) ?? []
        let dropped: String? =
            switch found?.meaning {
            // What no router may forward never gets to the table (RFC 1812, 5.3.7).
            case _ where found?.source != .local && !address.isRoutable:
                (address.isMulticast ? DropReason.multicast : .martianDestination).name
            case nil: DropReason.noRoute.name
            // Some of it is answered.
            // What becomes of it there is asked of that table.
            case .drop(.localNotHandled), .table: nil
            case .drop(let reason): reason.name
            default: reasons.contains(nil) ? nil : reasons.first ?? nil
            }
        return RouteReply(address: "\(address)", route: entry, dropped: dropped)
    }

    private func entry<Key>(_ neighbour: OwnPrefixes<Key>.Neighbour) -> NeighbourEntry {
        NeighbourEntry(
            address: "\(Key.ipAddress(neighbour.address))",
            port: portName(neighbour.interface),
            interface: configuration.interfaceName(neighbour.interface),
            vrf: shownVRF(ofInterface: neighbour.interface), mac: "\(neighbour.mac)",
            state: "permanent",
            origin: origin(.neighbour, interface: neighbour.interface, line: neighbour.line))
    }

    /// A page of the neighbours, those that were found out among them: by address, and those of one address by interface.
    func neighbours(_ page: NeighbourPage) -> NeighboursReply {
        let after = page.after.map { address in
            (address, page.afterInterface.flatMap(number(ofInterface:)) ?? .max)
        }
        func isBehind(_ place: (IPAddress, UInt16)) -> Bool { after.map { place > $0 } ?? true }
        var entries: [((IPAddress, UInt16), NeighbourEntry)] = []
        func add<Key>(_ own: OwnPrefixes<Key>) {
            for neighbour in own.neighbours.prefix(own.neighbours.count) {
                let place = (Key.ipAddress(neighbour.address), numbers[neighbour.interface])
                if isBehind(place) { entries.append((place, entry(neighbour))) }
            }
        }
        for tables in own {
            add(tables.ipv4)
            add(tables.ipv6)
        }
        let learnt = hosts.keys.map { ($0.address, $0.interface) }.filter(isBehind)
        entries += learnt.sorted(by: <).prefix(page.limit + 1).compactMap { place in
            let key = NeighbourKey(interface: place.1, address: place.0)
            return hosts[key].flatMap { entry(key, $0) }.map { (place, $0) }
        }
        entries.sort { $0.0 < $1.0 }
        let shown = entries.prefix(page.limit)
        let next = shown.count < entries.count ? shown.last?.1 : nil
        return NeighboursReply(
            neighbours: shown.map(\.1),
            next: next.map {
                // Each interface may have neighbours with the same link-local addresses.
                IPAddress($0.address)?.ipv6?.isLinkLocal == true || own.count > 1
                    ? "\($0.address)%\($0.interface)" : $0.address
            })
    }

    private func number(ofInterface name: String) -> UInt16? {
        configuration.interfaces.firstIndex { $0.name == name }.map { numbers[$0] }
    }

    private func entry(_ key: NeighbourKey, _ host: NeighbourStates.Host) -> NeighbourEntry? {
        guard let interface = numbers.firstIndex(of: key.interface) else { return nil }
        return NeighbourEntry(
            address: "\(key.address)", port: portName(interface),
            interface: configuration.interfaceName(interface),
            vrf: shownVRF(ofInterface: interface), mac: host.mac.map { "\($0)" },
            state: host.state.name,
            origin: host.state == .permanent
                ? RouteOrigin(.api) : origin(.learnt, interface: interface, line: 0))
    }

    private func way(of found: Found) -> (RouteEntry.Kind, [RouteNextHop]) {
        switch found.meaning {
        case .drop(.blackhole): (.blackhole, [])
        case .drop(.prohibited): (.prohibit, [])
        case .drop(.localNotHandled): (.local, [])
        case .drop(.directedBroadcast): (.broadcast, [])
        case .drop, nil: (.unreachable, [])
        case .connected(let number), .link(let number): (.unicast, [onLink(number)])
        case .host(let host): (.unicast, [nextHop(host, weight: 1, found.number)])
        case .group(let members):
            (
                .unicast,
                zip(members, found.hops).map { nextHop($0.host, weight: $0.weight, $1) }
            )
        case .table(let vrf):
            (.unicast, [RouteNextHop(address: nil, port: nil, vrf: vrfs.name(vrf))])
        // Each of them is told of by itself.
        case .ranked: (.unicast, [])
        }
    }

    /// Hosts on an interface's network, each by the MAC that is found out.
    /// - Parameter number: the interface's.
    private func onLink(_ number: UInt16) -> RouteNextHop {
        let interface = numbers.firstIndex(of: number) ?? 0
        return RouteNextHop(
            address: nil, port: portName(interface),
            interface: configuration.interfaceName(interface),
            dropped: isDown(interface) ? DropReason.linkDown.name : nil)
    }

    /// - Parameter number: of its entry.
    private func nextHop(
        _ known: NextHopRegistry.Host, weight: Int, _ number: UInt16
    ) -> RouteNextHop {
        let address = known.address
        guard
            let interface = known.interface.flatMap({ numbers.firstIndex(of: $0) })
                ?? networks(of: known.vrf).holder(of: address)?.interface
        else { return remoteHop(address, weight: weight, number) }
        return nextHop(address, interface, weight: weight)
    }

    /// A next hop that routes lead to.
    private func remoteHop(
        _ address: IPAddress, weight: Int, _ number: UInt16
    ) -> RouteNextHop {
        let ways = nextHops.leaves(of: number)
        let hops = ways.compactMap { way in
            nextHops.interface(of: way).flatMap { numbers.firstIndex(of: $0) }.map {
                // One that a route has on a link is its own way.
                nextHop(nextHops.address(of: way) ?? address, $0, weight: weight)
            }
        }
        guard var first = hops.first else {
            let reason = ways.first.flatMap(nextHops.reason)
            return RouteNextHop(
                address: "\(address)", port: nil, weight: weight,
                dropped: (reason ?? .nextHopUnresolved).name)
        }
        guard first.address != "\(address)" else { return first }
        first.through = hops.compactMap(\.address)
        first.address = "\(address)"
        if hops.count > 1 { first.mac = nil }
        // What goes by one of several is not all of it.
        if hops.contains(where: { $0.dropped == nil }) { first.dropped = nil }
        return first
    }

    private func nextHop(_ address: IPAddress, _ interface: Int, weight: Int) -> RouteNextHop {
        let host = hosts[NeighbourKey(interface: numbers[interface], address: address)]
        let mac = mac(ofNeighbourAt: address, on: interface) ?? host?.mac
        let reason: DropReason? =
            isDown(interface) ? .linkDown : host?.state == .failed ? .noNeighbour : nil
        return RouteNextHop(
            address: "\(address)", port: portName(interface),
            interface: configuration.interfaceName(interface), weight: weight,
            mac: mac.map { "\($0)" }, dropped: reason?.name)
    }

    private func ownPrefixes(
        ofInterface index: Int
    ) -> (ipv4: OwnPrefixes<PrefixKey>, ipv6: OwnPrefixes<IPv6PrefixKey>) {
        let number = Int(vrfs[configuration.vrf(ofInterface: index)] ?? 0)
        return own[min(number, own.count - 1)]
    }

    private func mac(ofNeighbourAt address: IPAddress, on interface: Int) -> MACAddress? {
        let own = ownPrefixes(ofInterface: interface)
        return address.isIPv4
            ? own.ipv4.neighbour(at: address)?.mac : own.ipv6.neighbour(at: address)?.mac
    }

    private func place(
        ofNeighbourAt address: IPAddress, in vrf: UInt16
    ) -> (interface: Int?, line: UInt32) {
        let own = own[min(Int(vrf), own.count - 1)]
        if address.isIPv4 {
            let neighbour = own.ipv4.neighbour(at: address)
            return (neighbour?.interface, neighbour?.line ?? 0)
        }
        let neighbour = own.ipv6.neighbour(at: address)
        return (neighbour?.interface, neighbour?.line ?? 0)
    }

    private func portName(_ interface: Int) -> String {
        configuration.ports[configuration.port(ofInterface: interface)].name
    }

    private func isDown(_ interface: Int) -> Bool {
        down.contains(configuration.port(ofInterface: interface))
    }

    private func origin(of found: Found) -> RouteOrigin {
        let networks = networks(of: found.vrf)
        switch found.source {
        case .route:
            guard let route = found.route, !route.isOfAPI else { return RouteOrigin(.api) }
            return origin(.configuration, interface: nil, line: route.line)
        case .neighbour:
            let (interface, line) = place(ofNeighbourAt: found.prefix.address, in: found.vrf)
            return origin(.neighbour, interface: interface, line: line)
        case .connected:
            return ofInterface(.connected, networks.holder(ofNetwork: found.prefix)?.interface)
        case .broadcast:
            let address = found.prefix.address
            // Its network is one of those that hold it: the one whose last address it is.
            return ofInterface(
                .broadcast,
                (0...30).lazy.map { IPPrefix(containing: address, length: $0) }
                    .filter { $0.lastAddress == address }
                    .compactMap { networks.holder(ofNetwork: $0)?.interface }.first)
        case .local:
            return ofInterface(.local, networks.owner(of: found.prefix.address))
        }
    }

    private func ofInterface(_ source: RouteOrigin.Source, _ interface: Int?) -> RouteOrigin {
        let line = interface.map { configuration[interface: $0].origin.lineOrNone }
        return origin(source, interface: interface, line: line ?? 0)
    }

    private func origin(
        _ source: RouteOrigin.Source, interface: Int?, line: UInt32
    ) -> RouteOrigin {
        RouteOrigin(
            source, port: interface.map(portName),
            interface: interface.map(configuration.interfaceName), path: configuration.path,
            line: line == 0 ? nil : Int(line))
    }
}
