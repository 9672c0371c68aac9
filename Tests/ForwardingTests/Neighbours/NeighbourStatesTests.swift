// SPDX-License-Identifier: Apache-2.0

import Dataplane
import PacketHeaders
import Testing

@testable import Forwarding

/// The states of RFC 4861, 7.3, and ARP's questions.
@Suite struct NeighbourStatesTests {
    private static let second = NeighbourStates.second
    private let host = NeighbourKey(interface: 1, address: IPv4Address(rawValue: 0x0a00_0002))
    private let mac = MACAddress(rawValue: 0x0200_0000_0002)
    private let other = MACAddress(rawValue: 0x0200_0000_0003)
    private var states = NeighbourStates()

    private func state(_ key: NeighbourKey? = nil) -> NeighbourStates.State? {
        states.hosts[key ?? host]?.state
    }

    private mutating func expire(at time: UInt64) -> [NeighbourStates.Effect]? {
        states.expire(at: time)?.effects
    }

    @Test("what somebody says of a host holds, whatever the host says, until it is removed")
    mutating func permanent() throws {
        _ = states.wanted(host, at: 0)
        #expect(states.keep(host, mac) == [.leave(mac, isWatched: false)])
        #expect(state() == .permanent)
        for kind in [NeighbourReport.Kind.asked, .answered, .spoke] {
            #expect(states.heard(host, other, kind, at: 1) == [])
        }
        #expect(states.used(host, at: 2) == [])
        let none = states.nextTime
        #expect(none == nil && states.hosts[host]?.mac == mac)
        #expect(states.keep(host, other) == [.leave(other, isWatched: false)])
        #expect(states.remove(host, at: 3) == [.forget])
        #expect(states.remove(host, at: 3) == nil)
        #expect(states.wanted(host, at: 4) == [.wait, .ask(nil)])
    }

    @Test("it takes the room of one, and what waits for a host that is removed is given up")
    mutating func permanentLimit() {
        states.limit = 1
        let another = NeighbourKey(interface: 1, address: IPv4Address(rawValue: 0x0a00_0003))
        #expect(states.keep(host, mac) != nil)
        #expect(states.keep(another, mac) == nil)
        #expect(states.keep(host, other) != nil)
        #expect(states.wanted(another, at: 0) == [.wait, .ask(nil)])
        #expect(states.remove(another, at: 1) == [.fail])
        #expect(states.remove(another, at: 2) == nil)
    }

    @Test("what nobody waits for is not believed (RFC 826)") mutating func unsolicited() {
        #expect(states.heard(host, mac, .answered, at: 0) == [])
        #expect(states.heard(host, mac, .spoke, at: 0) == [])
        #expect(states.used(host, at: 0) == [])
        let none = states.nextTime
        #expect(states.hosts.isEmpty && none == nil)
    }

    @Test(
        "a host that nobody answers for is asked three times, a second apart, then given up for three"
    )
    mutating func silence() {
        #expect(states.wanted(host, at: 5) == [.wait, .ask(nil)])
        #expect(states.wanted(host, at: 6) == [])
        for asked in 1...2 {
            let next = states.nextTime
            #expect(next == 5 + UInt64(asked) * Self.second)
            #expect(expire(at: 5 + UInt64(asked) * Self.second - 1) == nil)
            #expect(expire(at: 5 + UInt64(asked) * Self.second) == [.ask(nil)])
        }
        #expect(expire(at: 5 + 3 * Self.second) == [.fail])
        #expect(state() == .failed)
        #expect(states.wanted(host, at: 4 * Self.second) == [])
        #expect(expire(at: 5 + 6 * Self.second) == [.forget])
        #expect(states.wanted(host, at: 7 * Self.second) == [.wait, .ask(nil)])
    }

    @Test(
        "an answer is good for 15 to 45 seconds; then a packet has it asked again, by unicast (RFC 4861, 7.3.3)"
    )
    mutating func life() throws {
        _ = states.wanted(host, at: 0)
        #expect(states.heard(host, mac, .answered, at: 10) == [.leave(mac, isWatched: false)])
        let next = states.nextTime
        let end = try #require(next)
        #expect((15 * Self.second...45 * Self.second).contains(end - 10))
        #expect(states.used(host, at: 20) == [])
        #expect(expire(at: end) == [.leave(mac, isWatched: true)])
        let none = states.nextTime
        #expect(state() == .stale && none == nil)
        #expect(states.used(host, at: end + 1) == [.leave(mac, isWatched: false)])
        #expect(expire(at: end + 1 + 5 * Self.second) == [.ask(mac)])
        #expect(state() == .probe(1))
        #expect(states.heard(host, mac, .answered, at: end + 6 * Self.second).count == 1)
        #expect(state() == .reachable)
    }

    @Test("a host that does not answer three probes is forgotten, and asked for anew")
    mutating func death() throws {
        #expect(states.heard(host, mac, .asked, at: 0) == [.leave(mac, isWatched: true)])
        _ = states.used(host, at: 0)
        for _ in 0..<3 {
            let next = states.nextTime
            #expect(expire(at: try #require(next)) == [.ask(mac)])
        }
        let last = states.nextTime
        #expect(last == 8 * Self.second)
        #expect(expire(at: 8 * Self.second) == [.forget])
        #expect(states.hosts.isEmpty)
    }

    @Test(
        "whoever is known may have another MAC, which is to be confirmed; the same one changes nothing"
    )
    mutating func anotherMAC() {
        _ = states.wanted(host, at: 0)
        _ = states.heard(host, mac, .answered, at: 0)
        #expect(states.heard(host, mac, .spoke, at: 1) == [])
        #expect(states.heard(host, mac, .asked, at: 1) == [])
        #expect(state() == .reachable)
        #expect(states.heard(host, other, .spoke, at: 1) == [.leave(other, isWatched: true)])
        #expect(state() == .stale)
    }

    @Test("a question from a host that is asked for is an answer, too") mutating func crossing() {
        _ = states.wanted(host, at: 0)
        #expect(states.heard(host, mac, .asked, at: 1) == [.leave(mac, isWatched: true)])
        #expect(expire(at: 10 * Self.second) == nil)
    }

    @Test("no more hosts are known than the limit lets; who is known stays")
    mutating func limit() {
        states.limit = 2
        let keys = (0..<3).map {
            NeighbourKey(interface: 1, address: IPv4Address(rawValue: 0x0a00_0010 + $0))
        }
        for key in keys { _ = states.wanted(key, at: 0) }
        #expect(states.heard(keys[0], mac, .answered, at: 1).count == 1)
        #expect(states.heard(keys[1], mac, .answered, at: 1).count == 1)
        #expect(states.heard(keys[2], mac, .answered, at: 1) == [.fail])
        #expect(states.heard(host, mac, .asked, at: 1) == [])
        // Another interface has its own.
        let there = NeighbourKey(interface: 2, address: host.address)
        #expect(states.heard(there, mac, .asked, at: 1).count == 1)
        #expect(state(keys[0]) == .reachable && state(keys[1]) == .reachable)
        #expect(states.flush(at: 2) { key, _ in key == keys[0] }.map(\.effects) == [[.forget]])
        #expect(states.heard(host, mac, .asked, at: 3).count == 1)
    }

    @Test("what is flushed while packets wait is given up, and forgotten once workers know")
    mutating func flush() {
        _ = states.wanted(host, at: 0)
        #expect(states.flush(at: 1) { _, _ in true }.map(\.effects) == [[.fail]])
        #expect(states.flush(at: 2) { _, _ in true }.isEmpty)
        #expect(expire(at: 1 + 3 * Self.second) == [.forget])
    }

    @Test("deadlines of hosts come in their order, those of one time as they were set")
    mutating func order() {
        let keys = (0..<100).map {
            NeighbourKey(interface: 0, address: IPv4Address(rawValue: 0xffff_ffff - $0))
        }
        for key in keys { _ = states.wanted(key, at: 7) }
        let due = (0..<100).compactMap { _ in states.expire(at: 7 + Self.second)?.key }
        #expect(due == keys)
    }
}
