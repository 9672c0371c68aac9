// SPDX-License-Identifier: Apache-2.0

/// `POST /v1/routes`: what the changes made of the table.
public struct RouteChangeReply: SchemaVersioned, Equatable {
    public private(set) var schemaVersion = Self.currentSchema
    public var added: Int
    public var replaced: Int
    public var deleted: Int
    /// Routes that came over the API, and are there now.
    public var routes: Int
    /// From the end of the request to the moment at which both instances of the table have the changes.
    public var seconds: Double

    public init(added: Int, replaced: Int, deleted: Int, routes: Int, seconds: Double) {
        self.added = added
        self.replaced = replaced
        self.deleted = deleted
        self.routes = routes
        self.seconds = seconds
    }
}

extension Endpoint<RouteChangeReply> {
    public static var changeRoutes: Self { Self("/v1/routes", .post) }
}
