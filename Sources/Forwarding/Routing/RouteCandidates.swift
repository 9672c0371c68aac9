// SPDX-License-Identifier: Apache-2.0

/// The routes of a family, of which several may have one prefix, each with a metric of its own: the one with the lowest
/// counts as long as packets can leave by it. Most prefixes have one, which is kept in few words.
struct RouteCandidates<Key: FamilyPrefix>: Sendable {
    typealias Route = RouteContents.Route

    /// Of each prefix the one with the lowest metric.
    private(set) var best: [Key: Route] = [:]
    /// Of prefixes with several: the others, by metric.
    private var others: [Key: [Route]] = [:]
    /// Of all prefixes.
    private(set) var count = 0

    mutating func reserveCapacity(_ capacity: Int) { best.reserveCapacity(capacity) }

    /// Those of a prefix, by metric.
    subscript(key: Key) -> [Route] {
        guard let first = best[key] else { return [] }
        return [first] + (others[key] ?? [])
    }

    /// Whether a prefix has more than one.
    func areSeveral(_ key: Key) -> Bool { others[key] != nil }

    func route(_ key: Key, metric: UInt32) -> Route? {
        guard let first = best[key] else { return nil }
        return first.metric == metric ? first : others[key]?.first { $0.metric == metric }
    }

    /// Puts routes in the place of those of a prefix.
    /// - Parameter routes: by metric.
    mutating func set(_ key: Key, to routes: [Route]) {
        count += routes.count - (best[key] == nil ? 0 : 1) - (others[key]?.count ?? 0)
        best[key] = routes.first
        if routes.count > 1 || others[key] != nil {
            others[key] = routes.count > 1 ? Array(routes.dropFirst()) : nil
        }
    }

    /// Puts a route in the place of the one with its metric.
    mutating func put(_ route: Route, _ key: Key) {
        guard let first = best[key] else {
            best[key] = route
            count += 1
            return
        }
        guard first.metric != route.metric || others[key] != nil else {
            best[key] = route
            return
        }
        set(key, to: self[key].replacing(route))
    }
}

extension [RouteContents.Route] {
    /// These with another in the place of the one with its metric, by metric.
    func replacing(_ route: RouteContents.Route) -> Self {
        (filter { $0.metric != route.metric } + [route]).sorted { $0.metric < $1.metric }
    }
}
