// SPDX-License-Identifier: Apache-2.0

import Dataplane
import PacketHeaders

/// When hosts are told of their router (RFC 4861, 6.2.4 to 6.2.6). Times are nanoseconds of any clock; nothing here asks
/// one, and what is random follows from a count, so that a replay does the same each time. Control thread.
struct AdvertisingDuties {
    private struct Interface {
        var interval: UInt64
        /// Nil where nothing is sent unless somebody asks.
        var due: UInt64?
        /// Somebody asked.
        var answer: UInt64?
        var last: UInt64?
        /// That were sent of themselves.
        var count = 0
    }

    private static let second: UInt64 = 1_000_000_000
    /// RFC 4861, 10.
    private static let firstOnes = 3
    private static let firstInterval = 16 * second
    private static let leastInterval = 3 * second
    private static let longestDelay = second / 2

    /// By number.
    private var interfaces: [UInt16: Interface] = [:]
    private var draws: UInt64 = 0

    var nextTime: UInt64? {
        interfaces.values.flatMap { [$0.due, $0.answer].compactMap(\.self) }.min()
    }

    /// Takes over which interfaces advertise, and how often.
    /// - Parameters:
    ///   - intervals: the longest in seconds, by number.
    ///   - delay: from when on they do so of themselves; nil where they do not.
    mutating func follow(_ intervals: [UInt16: Int], at now: UInt64, beginningAfter delay: UInt64?)
    {
        interfaces = interfaces.filter { intervals[$0.key] != nil }
        for (number, seconds) in intervals {
            let interval = UInt64(seconds) * Self.second
            if interfaces[number] != nil {
                interfaces[number]?.interval = interval
            } else {
                interfaces[number] = Interface(interval: interval)
            }
            if let delay, interfaces[number]?.due == nil { interfaces[number]?.due = now + delay }
        }
    }

    /// A host asks.
    mutating func solicited(_ interface: UInt16, at now: UInt64) {
        guard var state = interfaces[interface], state.answer == nil else { return }
        let soon = now + draw(Self.longestDelay)
        state.answer = max(soon, state.last.map { $0 + Self.leastInterval } ?? 0)
        interfaces[interface] = state
    }

    /// The interface that is to advertise next, where it is due.
    mutating func expire(at now: UInt64) -> UInt16? {
        let due = interfaces.compactMap { number, state in
            [state.due, state.answer].compactMap(\.self).min().map { ($0, number) }
        }.filter { $0.0 <= now }.min { $0 < $1 }
        guard let (_, number) = due, var state = interfaces[number] else { return nil }
        if state.due.map({ $0 <= now }) ?? false {
            state.count += 1
            let longest =
                state.count <= Self.firstOnes
                ? min(state.interval, Self.firstInterval) : state.interval
            state.due = now + longest / 3 + draw(longest - longest / 3)
        }
        // One is for all.
        state.answer = nil
        state.last = now
        interfaces[number] = state
        return number
    }

    /// Below a limit.
    private mutating func draw(_ limit: UInt64) -> UInt64 {
        draws &+= 1
        return NeighbourKey(interface: 0, address: .init(high: draws, low: 1)).mixed % max(1, limit)
    }
}
