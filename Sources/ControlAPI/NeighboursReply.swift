// SPDX-License-Identifier: Apache-2.0

/// `GET /v1/neighbours`: a page of the hosts on the ports' networks whose MAC addresses are known.
public struct NeighboursReply: SchemaVersioned, Equatable {
    public private(set) var schemaVersion = Self.currentSchema
    /// By address.
    public var neighbours: [NeighbourEntry]
    /// What `after` has to be for the next page; absent on the last one.
    public var next: String?

    public init(neighbours: [NeighbourEntry], next: String? = nil) {
        self.neighbours = neighbours
        self.next = next
    }
}

/// A host on a port's network.
public struct NeighbourEntry: Codable, Sendable, Equatable {
    public var address: String
    public var port: String
    /// The name of the interface: the port's own, but for tagged frames.
    public var interface: String
    /// The VRF that the interface belongs to; absent for the main one.
    public var vrf: String?
    /// Absent where it is not known.
    public var mac: String?
    /// `permanent` for a neighbour of the configuration, else as in Linux: `reachable`, `stale`, `delay`, `probe`,
    /// `incomplete` or `failed`.
    public var state: String
    public var origin: RouteOrigin

    /// - Parameter interface: that of the port's name when it is not given.
    public init(
        address: String, port: String, interface: String? = nil, vrf: String? = nil, mac: String?,
        state: String,
        origin: RouteOrigin
    ) {
        self.address = address
        self.port = port
        self.interface = interface ?? port
        self.vrf = vrf
        self.mac = mac
        self.state = state
        self.origin = origin
    }
}

extension Endpoint<NeighboursReply> {
    public static var neighbours: Self { Self("/v1/neighbours") }
}
