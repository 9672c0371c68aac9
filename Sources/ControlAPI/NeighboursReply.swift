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
    public var mac: String
    public var origin: RouteOrigin

    public init(address: String, port: String, mac: String, origin: RouteOrigin) {
        self.address = address
        self.port = port
        self.mac = mac
        self.origin = origin
    }
}

extension Endpoint<NeighboursReply> {
    public static var neighbours: Self { Self("/v1/neighbours") }
}
