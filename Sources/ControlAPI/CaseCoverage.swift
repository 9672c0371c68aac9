// SPDX-License-Identifier: Apache-2.0

/// How many frames of the cases used what a configuration has: 0 is what no case exercised.
public struct CaseCoverage: Codable, Sendable, Equatable {
    /// The configuration's file.
    public var configuration: String
    /// Its `forward`: `route` or `cross-connect`.
    public var forward: String
    /// By which frames came in, or left.
    public var interfaces: [Item]
    public var routes: [Item]
    public var nextHops: [Item]
    public var stages: [Item]
    public var dropReasons: [Item]

    /// One interface, route, next hop, stage or drop reason.
    public struct Item: Codable, Sendable, Equatable {
        public var name: String
        public var frames: UInt64

        public init(_ name: String, frames: UInt64 = 0) {
            self.name = name
            self.frames = frames
        }
    }

    public init(
        configuration: String, forward: String, interfaces: [Item] = [], routes: [Item] = [],
        nextHops: [Item] = [], stages: [Item] = [], dropReasons: [Item] = []
    ) {
        self.configuration = configuration
        self.forward = forward
        self.interfaces = interfaces
        self.routes = routes
        self.nextHops = nextHops
        self.stages = stages
        self.dropReasons = dropReasons
    }

    /// Adds what another case of the same configuration used.
    public mutating func add(_ other: CaseCoverage) {
        interfaces.add(other.interfaces)
        routes.add(other.routes)
        nextHops.add(other.nextHops)
        stages.add(other.stages)
        dropReasons.add(other.dropReasons)
    }
}

extension [CaseCoverage.Item] {
    /// Sums by name; names that are new come last.
    mutating func add(_ others: [CaseCoverage.Item]) {
        for other in others {
            if let index = firstIndex(where: { $0.name == other.name }) {
                self[index].frames += other.frames
            } else {
                append(other)
            }
        }
    }
}
