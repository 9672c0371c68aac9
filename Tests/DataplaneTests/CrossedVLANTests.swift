// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import PacketHeaders
import TestSupport
import Testing

@testable import Dataplane

/// Cross-connects of interfaces: tags are taken away, put on and exchanged; all else stays (IEEE 802.1Q, 6.9).
@Suite(.usesEAL) struct CrossedVLANTests {
    private static let hundred = Tag(identifier: 100)
    private static let outer = Tag(type: 0x88a8, identifier: 300)
    private static let inner = Tag(identifier: 7)

    /// Numbers of interfaces: 0.100 is 32, 0.300.7 is 34, 0.300 is 35; 1.400 is 36; 2 and 3 have no VLANs.
    private func bench(
        _ pairs: [(UInt16, UInt16)], down: Set<UInt16> = [], peerMTU: Int? = nil
    ) throws -> StageBench {
        var peers: [UInt16: UInt16] = [:]
        for (left, right) in pairs { (peers[left], peers[right]) = (right, left) }
        let tags: [UInt16: (port: UInt16, vlans: [UInt16], outer: EtherType)] = [
            0: (0, [], .vlan), 1: (1, [], .vlan), 2: (2, [], .vlan), 3: (3, [], .vlan),
            32: (0, [100], .vlan), 34: (0, [300, 7], .serviceVLAN), 35: (0, [300], .serviceVLAN),
            36: (1, [400], .vlan),
        ]
        let interfaces = tags.map { number, own -> (UInt16, InterfaceEntry) in
            let peer = peers[number]
            let other = peer.flatMap { tags[$0] }
            return (
                number,
                InterfaceEntry(
                    port: own.port, vlans: own.vlans, outer: own.outer, peer: peer,
                    isLinkUp: !down.contains(own.port),
                    isPeerUp: !(other.map { down.contains($0.port) } ?? false), peerMTU: peerMTU,
                    takesTags: number == 2 || number == 3)
            )
        }
        let ports = (0..<4 as Range<UInt16>).map { port -> (UInt16, PortEntry) in
            let isWhole = port >= 2 && (peers[port] ?? 0) >= 2 && (peers[port] ?? 0) < 4
            return (
                port,
                PortEntry(
                    address: Address.own, admitsAny: true, peer: isWhole ? peers[port] : nil,
                    isLinkUp: !down.contains(port))
            )
        }
        return try StageBench(
            Snapshot(
                ports: Dictionary(uniqueKeysWithValues: ports),
                interfaces: Dictionary(uniqueKeysWithValues: interfaces)),
            stages: [.crossConnect])
    }

    private let frame = Frames.ethernet(
        to: 0x02_00_00_00_00_55, from: 0x02_00_00_00_00_66, type: 0x88b5, payload: [1, 2, 3, 4])

    @Test("tags that no interface has are dropped by name", arguments: [false, true])
    func unknown(isHandedOff: Bool) throws {
        let bench = try bench([(32, 36)])
        let seen = try bench.run(
            [
                frame.tagged(Tag(identifier: 101)),
                frame.tagged(Tag(type: 0x88a8, identifier: 100)),
                frame, frame.tagged(Self.outer, Tag(identifier: 8)),
            ], isHandedOff: isHandedOff)
        // The untagged interface is in no pair; 300 is an interface, but in none either.
        #expect(
            seen.drops.map(\.reason) == [.unknownVLAN, .unknownVLAN, .notConnected, .notConnected])
        #expect(bench.tallies.balances)
    }

    @Test("what ends in the header, or in a tag, is truncated", arguments: [0, 1, 13, 14, 15, 17])
    func truncated(length: Int) throws {
        let bench = try bench([(32, 36)])
        let seen = try bench.run([Array(frame.tagged(Self.hundred).prefix(length))])
        #expect(seen.drops.map(\.reason) == [.truncatedFrame])
    }

    @Test("a runt gets no tag") func runt() throws {
        let bench = try bench([(2, 36)])
        let seen = try bench.run([[1, 2, 3]], from: 2)
        #expect(seen.drops.map(\.reason) == [.truncatedFrame])
    }

    @Test("a link that is down is told, of either side")
    func down() throws {
        let here = try bench([(32, 36)], down: [0])
        let seen = try here.run([frame.tagged(Self.hundred), frame.tagged(Tag(identifier: 9)), [1]])
        #expect(seen.drops.map(\.reason) == [.linkDown, .linkDown, .linkDown])
        let there = try bench([(32, 36)], down: [1])
        #expect(
            try there.run([frame.tagged(Self.hundred)]).drops.map(\.reason) == [.linkDown])
    }

    /// The priority is the frame's, not the network's (IEEE 802.1Q, 6.9.3).
    @Test("a tag is exchanged for another, and its priority stays", arguments: [false, true])
    func exchanged(isHandedOff: Bool) throws {
        let bench = try bench([(32, 36)])
        try bench.run(
            [frame.tagged(Tag(priority: 0xb, identifier: 100))], isHandedOff: isHandedOff)
        #expect(bench.sent(by: 1) == [frame.tagged(Tag(priority: 0xb, identifier: 400))])
        try bench.run(
            [frame.tagged(Tag(priority: 2, identifier: 400))], from: 1, isHandedOff: isHandedOff)
        #expect(bench.sent(by: 0) == [frame.tagged(Tag(priority: 2, identifier: 100))])
        #expect(bench.interfaces.read(32).received.frames == 1)
        #expect(bench.interfaces.read(32).sent == .init(frames: 1, bytes: 22))
        #expect(bench.interfaces.read(36).sent == .init(frames: 1, bytes: 22))
    }

    @Test("tags are taken away and put on, one or two of them")
    func untagged() throws {
        let bench = try bench([(2, 34), (3, 32)])
        try bench.run([frame], from: 2)
        #expect(bench.sent(by: 0) == [frame.tagged(Self.outer, Self.inner)])
        try bench.run([frame.tagged(Tag(type: 0x88a8, priority: 7, identifier: 300), Self.inner)])
        #expect(bench.sent(by: 2) == [frame])
        try bench.run([frame.tagged(Self.hundred)])
        #expect(bench.sent(by: 3) == [frame])
    }

    /// QinQ without an interface of its own: what is behind the outer tag is the customer's.
    @Test("tags behind an interface's own stay")
    func innerTags() throws {
        let bench = try bench([(35, 2)])
        let customer = frame.tagged(Tag(priority: 3, identifier: 8))
        try bench.run([frame.tagged(Self.outer, Tag(priority: 3, identifier: 8))])
        #expect(bench.sent(by: 2) == [customer])
        try bench.run([customer], from: 2)
        #expect(bench.sent(by: 0) == [frame.tagged(Self.outer, Tag(priority: 3, identifier: 8))])
    }

    @Test("the longest match decides") func longest() throws {
        let bench = try bench([(35, 2), (34, 3)])
        try bench.run([frame.tagged(Self.outer, Self.inner), frame.tagged(Self.outer)])
        #expect(bench.sent(by: 3) == [frame])
        #expect(bench.sent(by: 2) == [frame])
    }

    @Test("priority tags count as none") func priorityTags() throws {
        let bench = try bench([(0, 36), (1, 32)])
        try bench.run([frame.tagged(Tag(priority: 6, identifier: 0)), frame])
        #expect(
            bench.sent(by: 1) == [
                frame.tagged(Tag(priority: 6, identifier: 400)),
                frame.tagged(Tag(identifier: 400)),
            ])
    }

    @Test(
        "ports that are joined as a whole pass all tags, beside ports with VLANs",
        arguments: [false, true])
    func whole(isHandedOff: Bool) throws {
        let bench = try bench([(2, 3), (32, 36)])
        let frames = [frame, frame.tagged(Self.hundred), frame.tagged(Tag(identifier: 0)), [7]]
        let seen = try bench.run(frames, from: 2, isHandedOff: isHandedOff)
        #expect(seen.drops.isEmpty)
        #expect(bench.sent(by: 3) == frames)
        #expect(bench.interfaces.read(2) == InterfaceCount())
    }

    @Test("the MTU counts without the interface's own tags")
    func mtu() throws {
        let bench = try bench([(32, 36)], peerMTU: 100)
        func frame(_ payload: Int) -> [UInt8] {
            Frames.ethernet(type: 0x88b5, payload: [UInt8](repeating: 1, count: payload))
        }
        let seen = try bench.run([
            frame(100).tagged(Self.hundred), frame(101).tagged(Self.hundred),
            frame(100).tagged(Self.hundred, Self.inner),
            frame(101).tagged(Self.hundred, Self.inner),
        ])
        #expect(seen.drops.map(\.reason) == [.exceedsMTU, .exceedsMTU])
        #expect(bench.sent(by: 1).map(\.count) == [118, 122])
    }
}
