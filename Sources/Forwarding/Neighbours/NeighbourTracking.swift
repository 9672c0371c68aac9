// SPDX-License-Identifier: Apache-2.0

import Dataplane

/// The hosts on which it depends which routes count (`track: neighbour`): each is asked now and then, also while nothing is
/// sent to it, and is *lost* from when it does not answer until it does. Control thread.
struct NeighbourTracking {
    /// Between two questions.
    static let interval = 2 * NeighbourStates.second

    private(set) var hosts: Set<NeighbourKey> = []
    private(set) var lost: Set<NeighbourKey> = []
    /// Whether `lost` has changed since somebody set this to false.
    var hasNews = false
    /// Whether those are asked of which nothing bad is known: a replay has nobody who would answer.
    var probes = false
    private var due: UInt64 = 0

    /// When somebody is to be asked next.
    var nextTime: UInt64? { hosts.isEmpty || (!probes && lost.isEmpty) ? nil : due }

    /// Other hosts are tracked from now on.
    mutating func follow(_ new: Set<NeighbourKey>, at now: UInt64) {
        if !new.subtracting(hosts).isEmpty { due = now }
        hosts = new
        lost.formIntersection(new)
    }

    /// Those that are to be asked.
    mutating func take(at time: UInt64) -> [NeighbourKey] {
        due = time + Self.interval
        return (probes ? hosts : lost).sorted { $0.place < $1.place }
    }

    /// - Returns: whether other routes may count from now on.
    mutating func fail(_ key: NeighbourKey, at now: UInt64) -> Bool {
        guard hosts.contains(key), lost.insert(key).inserted else { return false }
        hasNews = true
        if !probes { due = max(due, now + Self.interval) }
        return true
    }

    mutating func answer(_ key: NeighbourKey) {
        if lost.remove(key) != nil { hasNews = true }
    }
}
