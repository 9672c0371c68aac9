// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane
import FreewayConfiguration
import PacketHeaders

/// Puts entries of the forwarding table into words: what becomes of packets now, and where each entry came from.
///
/// Holds nothing of the table itself: whoever keeps this keeps no change waiting, and has no million routes copied.
struct TableReading: Sendable {
    /// An entry as it was found, while the table stood still.
    struct Found: Sendable {
        let prefix: IPv4Prefix
        let meaning: NextHopRegistry.Meaning?
        let source: RouteContents.Source
        let route: RouteContents.Route?

        /// How many next hops it has.
        var width: Int {
            if case .group(let members) = meaning { members.count } else { 1 }
        }
    }

    private let own: OwnPrefixes
    private let configuration: Configuration
    /// DPDK's indices of the ports, in the order of the configuration.
    private let portIndices: [UInt16]
    /// Those whose link is down.
    private let down: Set<UInt16>

    init(
        _ contents: RouteContents, _ configuration: Configuration, portIndices: [UInt16],
        down: Set<UInt16>
    ) {
        own = contents.own
        self.configuration = configuration
        self.portIndices = portIndices
        self.down = down
    }

    func entry(_ found: Found) -> RouteEntry {
        let (type, nextHops) = way(of: found)
        return RouteEntry(
            to: "\(found.prefix)", type: type, nextHops: nextHops, origin: origin(of: found))
    }

    /// What becomes of packets to an address.
    /// - Parameter found: the longest prefix that it is in.
    func reply(to address: IPv4Address, _ found: Found?) -> RouteReply {
        let entry = found.map(self.entry)
        let reasons = entry?.nextHops.map(\.dropped) ?? []
        let dropped: String? =
            switch found?.meaning {
            // What no router may forward never gets to the table (RFC 1812, 5.3.7).
            case _ where found?.source != .local && !address.isRoutable:
                (address.isMulticast ? DropReason.multicast : .martianDestination).name
            case nil: DropReason.noRoute.name
            case .drop(let reason): reason.name
            default: reasons.contains(nil) ? nil : reasons.first ?? nil
            }
        return RouteReply(address: "\(address)", route: entry, dropped: dropped)
    }

    func entry(_ neighbour: OwnPrefixes.Neighbour) -> NeighbourEntry {
        NeighbourEntry(
            address: "\(IPv4Address(rawValue: neighbour.address))",
            port: configuration.ports[neighbour.port].name, mac: "\(neighbour.mac)",
            origin: origin(.neighbour, port: neighbour.port, line: neighbour.line))
    }

    private func way(of found: Found) -> (RouteEntry.Kind, [RouteNextHop]) {
        switch found.meaning {
        case .drop(.blackhole): (.blackhole, [])
        case .drop(.localNotHandled): (.local, [])
        case .drop(.directedBroadcast): (.broadcast, [])
        case .drop, nil: (.unreachable, [])
        case .connected(let port): (.unicast, [onLink(port)])
        case .host(let address): (.unicast, [nextHop(address, weight: 1)])
        case .group(let members):
            (.unicast, members.map { nextHop($0.address, weight: $0.weight) })
        }
    }

    /// Hosts without a MAC of their own, on a port's network.
    private func onLink(_ port: UInt16) -> RouteNextHop {
        let name = portIndices.firstIndex(of: port).map { configuration.ports[$0].name }
        let reason = down.contains(port) ? DropReason.linkDown : .noNeighbour
        return RouteNextHop(address: nil, port: name ?? "", dropped: reason.name)
    }

    private func nextHop(_ address: IPv4Address, weight: Int) -> RouteNextHop {
        // Every next hop is on a port's network.
        let port = configuration.portIndex(reaching: address) ?? 0
        let mac = own.neighbour(at: address)?.mac
        let reason: DropReason? =
            down.contains(portIndices[port]) ? .linkDown : mac == nil ? .noNeighbour : nil
        return RouteNextHop(
            address: "\(address)", port: configuration.ports[port].name, weight: weight,
            mac: mac.map { "\($0)" }, dropped: reason?.name)
    }

    private func origin(of found: Found) -> RouteOrigin {
        switch found.source {
        case .route:
            guard let route = found.route, !route.isOfAPI else { return RouteOrigin(.api) }
            return origin(.configuration, port: nil, line: route.line)
        case .neighbour:
            let neighbour = own.neighbour(at: found.prefix.address)
            return origin(.neighbour, port: neighbour?.port, line: neighbour?.line ?? 0)
        case .connected:
            return ofPort(.connected) { $0.network == found.prefix }
        case .broadcast:
            return ofPort(.broadcast) { $0.network.lastAddress == found.prefix.address }
        case .local:
            return ofPort(.local) { $0.address == found.prefix.address }
        }
    }

    private func ofPort(
        _ source: RouteOrigin.Source, _ has: (Configuration.InterfaceAddress) -> Bool
    ) -> RouteOrigin {
        let port = configuration.ports.firstIndex { $0.addresses.contains(where: has) }
        let line = port.map { configuration.ports[$0].origin.lineOrNone }
        return origin(source, port: port, line: line ?? 0)
    }

    private func origin(_ source: RouteOrigin.Source, port: Int?, line: UInt32) -> RouteOrigin {
        RouteOrigin(
            source, port: port.map { configuration.ports[$0].name }, path: configuration.path,
            line: line == 0 ? nil : Int(line))
    }
}
