// SPDX-License-Identifier: Apache-2.0

/// `GET /v1/routes`: a page of the forwarding table.
public struct RoutesReply: SchemaVersioned, Equatable {
    public private(set) var schemaVersion = Self.currentSchema
    /// By address, each in front of those that lie in it.
    public var routes: [RouteEntry]
    /// What `after` has to be for the next page; absent on the last one.
    public var next: String?

    public init(routes: [RouteEntry], next: String? = nil) {
        self.routes = routes
        self.next = next
    }
}

/// `GET /v1/routes/{address}`: what becomes of packets to an address.
public struct RouteReply: SchemaVersioned, Equatable {
    public private(set) var schemaVersion = Self.currentSchema
    public var address: String
    /// The longest prefix that the address is in; absent where there is none.
    public var route: RouteEntry?
    /// The reason for which every packet to the address is dropped now; absent when there is a way for some.
    public var dropped: String?

    public init(address: String, route: RouteEntry?, dropped: String?) {
        self.address = address
        self.route = route
        self.dropped = dropped
    }
}

extension Endpoint<RoutesReply> {
    public static var routes: Self { Self("/v1/routes") }
}

extension Endpoint<RouteReply> {
    public static var routeOfAddress: Self { Self("/v1/routes/{address}") }
}
