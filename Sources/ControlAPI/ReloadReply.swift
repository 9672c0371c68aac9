// SPDX-License-Identifier: Apache-2.0

/// `PUT /v1/config` and `POST /v1/reload`: what another configuration changed.
public struct ReloadReply: SchemaVersioned, Equatable {
    public struct Count: Codable, Sendable, Equatable {
        public var added: Int
        public var removed: Int
        public var changed: Int

        public init(added: Int = 0, removed: Int = 0, changed: Int = 0) {
            self.added = added
            self.removed = removed
            self.changed = changed
        }
    }

    /// Routes that came over the API, and that the configuration has no place for any more.
    public struct Withdrawn: Codable, Sendable, Equatable {
        public var count: Int
        /// The first of their prefixes, up to 10.
        public var first: [String]

        public init(count: Int, first: [String]) {
            self.count = count
            self.first = first
        }
    }

    public private(set) var schemaVersion = Self.currentSchema
    /// What the text was read from: the daemon's file, or `PUT /v1/config`.
    public var path: String
    public var loadedAt: Timestamp
    /// From the request to the moment at which no worker read the old tables any more.
    public var seconds: Double
    public var routes: Count
    public var neighbours: Count
    /// Those of tagged frames.
    public var interfaces: Count
    public var crossConnects: Count
    /// The keys that changed of each port that changed, by the port's name.
    public var ports: [String: [String]]
    /// The names in ``ports`` in the order of the configuration.
    public var portOrder: [String]
    /// Other keys that changed, such as `log.level`.
    public var settings: [String]
    /// What is legal but probably not meant, a line each.
    public var warnings: [String]
    /// Absent when all routes of the API stayed.
    public var withdrawn: Withdrawn?

    public init(
        path: String, loadedAt: Timestamp, seconds: Double, routes: Count, neighbours: Count,
        interfaces: Count = Count(), crossConnects: Count, ports: [String: [String]],
        portOrder: [String]? = nil, settings: [String], warnings: [String] = [],
        withdrawn: Withdrawn? = nil
    ) {
        self.path = path
        self.loadedAt = loadedAt
        self.seconds = seconds
        self.routes = routes
        self.neighbours = neighbours
        self.interfaces = interfaces
        self.crossConnects = crossConnects
        self.ports = ports
        self.portOrder = portOrder ?? ports.keys.sorted()
        self.settings = settings
        self.warnings = warnings
        self.withdrawn = withdrawn
    }
}

extension Endpoint<ReloadReply> {
    public static var reload: Self { Self("/v1/reload", .post) }
    public static var putConfiguration: Self { Self("/v1/config", .put) }
}
