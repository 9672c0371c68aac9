// SPDX-License-Identifier: Apache-2.0

/// A prefix of the forwarding table in force: what becomes of its packets, and where it came from.
public struct RouteEntry: Codable, Sendable, Equatable {
    /// What becomes of packets, in the words of Linux's `ip route`.
    public enum Kind: String, Codable, Sendable {
        /// They go to one of the next hops.
        case unicast
        case blackhole, unreachable, prohibit
        /// They are for an address of a port.
        case local
        /// They are for the broadcast address of a port's network.
        case broadcast
    }

    /// Such as `10.0.0.0/8`.
    public var to: String
    /// The VRF whose table has it; absent for the main one.
    public var vrf: String?
    public var type: Kind
    /// Of a unicast route: one, or several among which flows are divided by their weights.
    public var nextHops: [RouteNextHop]
    /// Of several routes to the prefix the lowest counts by which packets can leave; absent where it is 0.
    public var metric: Int?
    /// `neighbour` where the route counts only while its next hop answers; else absent.
    public var track: String?
    /// Whether another route to the prefix counts now; absent where it does not.
    public var standby: Bool?
    public var origin: RouteOrigin

    public init(to: String, type: Kind, nextHops: [RouteNextHop] = [], origin: RouteOrigin) {
        self.to = to
        self.type = type
        self.nextHops = nextHops
        self.origin = origin
    }
}

/// Where packets of a route go next.
public struct RouteNextHop: Codable, Sendable, Equatable {
    /// Absent where it is each packet's own destination, on the port's network, and where packets are looked up in a VRF.
    public var address: String?
    /// The VRF in which packets are looked up; else absent.
    public var vrf: String?
    /// The next hops by which it is reached, where it is on no network of an interface; else absent.
    public var through: [String]?
    /// Absent where no interface reaches it.
    public var port: String?
    /// The name of the interface: the port's own, but for tagged frames.
    public var interface: String?
    /// The share of the flows, beside the weights of the other next hops.
    public var weight: Int
    /// Absent while it is not known.
    public var mac: String?
    /// The reason for which packets that go this way are dropped now; absent when they are not.
    public var dropped: String?

    /// - Parameter interface: that of the port's name when it is not given.
    public init(
        address: String?, port: String?, interface: String? = nil, weight: Int = 1,
        mac: String? = nil, dropped: String? = nil, vrf: String? = nil
    ) {
        self.address = address
        self.vrf = vrf
        self.port = port
        self.interface = interface ?? port
        self.weight = weight
        self.mac = mac
        self.dropped = dropped
    }
}

/// Who brought an entry of a table.
public struct RouteOrigin: Codable, Sendable, Equatable {
    public enum Source: String, Codable, Sendable {
        /// A route of the configuration.
        case configuration
        /// A route that came over the API.
        case api
        /// The network of a port.
        case connected
        /// The broadcast address of such a network.
        case broadcast
        /// An address of a port.
        case local
        /// A neighbour of the configuration.
        case neighbour
        /// A neighbour that was asked for, or spoke.
        case learnt
    }

    public var source: Source
    /// The port whose network, address or neighbour it is; absent for routes.
    public var port: String?
    /// The interface of that, in the same way.
    public var interface: String?
    /// The configuration that names it; absent for routes of the API.
    public var path: String?
    /// Where in the configuration, from 1.
    public var line: Int?

    /// - Parameter interface: that of the port's name when it is not given.
    public init(
        _ source: Source, port: String? = nil, interface: String? = nil, path: String? = nil,
        line: Int? = nil
    ) {
        self.source = source
        self.port = port
        self.interface = interface ?? port
        self.path = path
        self.line = line
    }
}
