// SPDX-License-Identifier: Apache-2.0

import Dataplane
import HeapModule
import PacketHeaders

/// What is known of the hosts that are no static neighbours, and what is due for each: ARP (RFC 826) with the states of
/// RFC 4861, 7.3. Times are nanoseconds of any clock; nothing here asks one, so that a replay does the same each time.
/// Control thread.
struct NeighbourStates {
    enum State: Equatable {
        /// Somebody said what its MAC is; it is neither asked nor listened to.
        case permanent
        /// Asked for so often, by broadcast.
        case incomplete(Int)
        /// It answered not long ago.
        case reachable
        /// Nothing was heard of it for a while; nor did anything go to it.
        case stale
        /// Something went to it since.
        case delay
        /// Asked so often whether it still has the MAC.
        case probe(Int)
        /// It did not answer: packets to it are dropped for a while.
        case failed
    }

    struct Host {
        fileprivate(set) var state: State
        /// Nil for one that was never heard of.
        fileprivate(set) var mac: MACAddress?
        /// When the state ends by itself.
        fileprivate var due: UInt64?
        /// Tells what is due from what was.
        fileprivate var number: UInt64 = 0
    }

    /// What follows for the workers.
    enum Effect: Equatable {
        /// Packets to it wait.
        case wait
        /// They leave; somebody wants to know when, where it is watched.
        case leave(MACAddress, isWatched: Bool)
        /// They are dropped.
        case fail
        /// Nothing is known of it any more.
        case forget
        /// It is to be asked: by its MAC, or by broadcast.
        case ask(MACAddress?)
    }

    private struct Deadline: Comparable {
        let time: UInt64
        let number: UInt64
        let key: NeighbourKey

        static func < (left: Deadline, right: Deadline) -> Bool {
            (left.time, left.number) < (right.time, right.number)
        }
    }

    static let second: UInt64 = 1_000_000_000
    /// RFC 4861, 10: MAX_MULTICAST_SOLICIT and MAX_UNICAST_SOLICIT, RETRANS_TIMER, REACHABLE_TIME, DELAY_FIRST_PROBE_TIME.
    static let tries = 3
    static let retry = second
    static let reachableTime = 30 * second
    static let delayTime = 5 * second
    /// For so long packets are dropped at once to a host that did not answer.
    static let failedTime = 3 * second

    private(set) var hosts: [NeighbourKey: Host] = [:]
    private var deadlines = Heap<Deadline>()
    private var count: UInt64 = 0
    /// Hosts whose MAC is known, by interface.
    private var known: [UInt16: Int] = [:]
    /// The most of these.
    var limit = 16_384

    /// When something is due next.
    var nextTime: UInt64? {
        mutating get {
            while let first = deadlines.min, !isCurrent(first) { deadlines.removeMin() }
            return deadlines.min?.time
        }
    }

    private func isCurrent(_ deadline: Deadline) -> Bool {
        guard let host = hosts[deadline.key] else { return false }
        return host.due == deadline.time && host.number == deadline.number
    }

    /// A packet waits for the host.
    mutating func wanted(_ key: NeighbourKey, at now: UInt64) -> [Effect] {
        guard hosts[key] == nil else { return [] }
        set(key, .incomplete(1), mac: nil, due: now + Self.retry)
        return [.wait, .ask(nil)]
    }

    /// The host said something.
    /// - Parameter kind: what; only who asked us is taken in that nobody knows.
    mutating func heard(
        _ key: NeighbourKey, _ mac: MACAddress, _ kind: NeighbourReport.Kind, at now: UInt64
    ) -> [Effect] {
        let host = hosts[key]
        guard host?.state != .permanent, host != nil || kind == .asked else { return [] }
        if host?.mac == nil, known[key.interface, default: 0] >= limit {
            return host?.state.isIncomplete == true ? fail(key, at: now) : []
        }
        if kind == .confirmed || kind == .mentioned, let host {
            return hinted(key, host, mac, isSolicited: kind == .confirmed, at: now)
        }
        if kind == .answered, let state = host?.state, state.isAsking {
            set(key, .reachable, mac: mac, due: now + reachableTime(key))
            return [.leave(mac, isWatched: false)]
        }
        guard host?.mac != mac else { return [] }
        set(key, .stale, mac: mac, due: nil)
        return [.leave(mac, isWatched: true)]
    }

    /// The host said that it has its address, and no MAC in the place of the one that is known (RFC 4861, 7.2.5).
    /// - Parameter mac: 0 where it said none.
    private mutating func hinted(
        _ key: NeighbourKey, _ host: Host, _ mac: MACAddress, isSolicited: Bool, at now: UInt64
    ) -> [Effect] {
        guard let known = host.mac else {
            // What nobody knows is written over by anything.
            guard mac.rawValue != 0 else { return [] }
            return heard(key, mac, isSolicited ? .answered : .spoke, at: now)
        }
        if mac.rawValue == 0 || mac == known {
            guard isSolicited, host.state.isAsking else { return [] }
            set(key, .reachable, mac: known, due: now + reachableTime(key))
            return [.leave(known, isWatched: false)]
        }
        // Another one may have it by now: who is reached next is found out.
        guard host.state == .reachable else { return [] }
        set(key, .stale, mac: known, due: nil)
        return [.leave(known, isWatched: true)]
    }

    /// A packet left to the host.
    mutating func used(_ key: NeighbourKey, at now: UInt64) -> [Effect] {
        guard let host = hosts[key], host.state == .stale, let mac = host.mac else { return [] }
        set(key, .delay, mac: mac, due: now + Self.delayTime)
        return [.leave(mac, isWatched: false)]
    }

    /// Asks a host whether it is there, whatever is sent to it.
    mutating func verify(_ key: NeighbourKey, at now: UInt64) -> [Effect] {
        guard let host = hosts[key] else { return wanted(key, at: now) }
        switch (host.state, host.mac) {
        case (.reachable, let mac?), (.stale, let mac?), (.delay, let mac?):
            set(key, .probe(1), mac: mac, due: now + Self.retry)
            return [.leave(mac, isWatched: false), .ask(mac)]
        default: return []
        }
    }

    /// Does the first of what is due.
    mutating func expire(at now: UInt64) -> (key: NeighbourKey, effects: [Effect])? {
        guard let time = nextTime, time <= now, let deadline = deadlines.popMin(),
            let host = hosts[deadline.key]
        else { return nil }
        return (deadline.key, expire(deadline.key, host, at: time))
    }

    private mutating func expire(
        _ key: NeighbourKey, _ host: Host, at now: UInt64
    ) -> [Effect] {
        switch (host.state, host.mac) {
        case (.incomplete(let asked), _):
            guard asked < Self.tries else { return fail(key, at: now) }
            set(key, .incomplete(asked + 1), mac: nil, due: now + Self.retry)
            return [.ask(nil)]
        case (.reachable, let mac?):
            set(key, .stale, mac: mac, due: nil)
            return [.leave(mac, isWatched: true)]
        case (.delay, let mac?):
            set(key, .probe(1), mac: mac, due: now + Self.retry)
            return [.ask(mac)]
        case (.probe(let asked), let mac?) where asked < Self.tries:
            set(key, .probe(asked + 1), mac: mac, due: now + Self.retry)
            return [.ask(mac)]
        default:
            forget(key)
            return [.forget]
        }
    }

    /// Somebody says what a host's MAC is.
    /// - Returns: nil where there is no room.
    mutating func keep(_ key: NeighbourKey, _ mac: MACAddress) -> [Effect]? {
        guard hosts[key]?.mac != nil || known[key.interface, default: 0] < limit else { return nil }
        set(key, .permanent, mac: mac, due: nil)
        return [.leave(mac, isWatched: false)]
    }

    /// Forgets a host.
    /// - Returns: nil where nothing was known of it, or only that it did not answer, which is soon forgotten.
    mutating func remove(_ key: NeighbourKey, at now: UInt64) -> [Effect]? {
        flush(at: now) { other, _ in other == key }.first?.effects
    }

    /// Forgets hosts. What waits for one is given up; those that are given up already go by themselves, once workers have
    /// had the time to see it.
    mutating func flush(
        at now: UInt64, where isGone: (NeighbourKey, Host) -> Bool
    ) -> [(key: NeighbourKey, effects: [Effect])] {
        hosts.filter { $1.state != .failed && isGone($0, $1) }.keys
            .sorted { $0.place < $1.place }.map { key in
                if hosts[key]?.state.isIncomplete == true { return (key, fail(key, at: now)) }
                forget(key)
                return (key, [.forget])
            }
    }

    private mutating func fail(_ key: NeighbourKey, at now: UInt64) -> [Effect] {
        set(key, .failed, mac: nil, due: now + Self.failedTime)
        return [.fail]
    }

    private mutating func forget(_ key: NeighbourKey) {
        if hosts.removeValue(forKey: key)?.mac != nil { known[key.interface, default: 0] -= 1 }
    }

    private mutating func set(
        _ key: NeighbourKey, _ state: State, mac: MACAddress?, due: UInt64?
    ) {
        let wasKnown = hosts[key]?.mac != nil
        if wasKnown != (mac != nil) { known[key.interface, default: 0] += wasKnown ? -1 : 1 }
        count += 1
        hosts[key] = Host(state: state, mac: mac, due: due, number: count)
        if let due { deadlines.insert(Deadline(time: due, number: count, key: key)) }
    }

    /// Between half and one and a half of the usual time (RFC 4861, 6.3.4), so that hosts that were found out together are not asked
    /// together: by a hash, since a replay has no chance.
    private func reachableTime(_ key: NeighbourKey) -> UInt64 {
        Self.reachableTime / 2 + (key.mixed &+ count &* 0x9e37_79b9_7f4a_7c15) % Self.reachableTime
    }
}

extension NeighbourStates.State {
    var isIncomplete: Bool { if case .incomplete = self { true } else { false } }

    /// Whether an answer is one to a question of ours.
    var isAsking: Bool {
        switch self {
        case .incomplete, .probe: true
        default: false
        }
    }

    /// In the words of Linux's `ip neigh`.
    var name: String {
        switch self {
        case .permanent: "permanent"
        case .incomplete: "incomplete"
        case .reachable: "reachable"
        case .stale: "stale"
        case .delay: "delay"
        case .probe: "probe"
        case .failed: "failed"
        }
    }
}

extension NeighbourKey {
    /// For an order: by interface, then by address.
    var place: (UInt16, IPAddress) { (interface, address) }
}
