// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import PacketHeaders
import TestSupport
import Testing

@testable import Dataplane

/// Routing between VLANs: IEEE 802.1Q, 6.9 and 9.6, and IEEE 802.1ad. Expected frames are made by hand.
@Suite(.usesEAL) struct RoutedVLANTests {
    private func bench(mtu: Int = 1500) throws -> StageBench {
        try StageBench(try Trunk.router(mtu: mtu), stages: Stage.stages(of: .route))
    }

    /// A packet to a host that the interface with this number leads to; nil for the port without VLANs.
    private func packet(
        by interface: UInt16?, _ change: (inout Frames.IPv4) -> Void = { _ in }
    ) -> [UInt8] {
        Frames.ipv4 {
            $0.destination = interface.map { 0x0a00_0001 | UInt32($0) << 16 } ?? 0xc633_6407
            $0.payload = [1, 2, 3]
            change(&$0)
        }
    }

    /// The same as it leaves.
    private func routed(_ frame: [UInt8], from source: MACAddress, _ tags: Tag...) -> [UInt8] {
        var packet = Array(frame.dropFirst(14))
        packet[8] -= 1
        (packet[10], packet[11]) = (0, 0)
        let sum = Frames.checksum(Array(packet.prefix(20)))
        (packet[10], packet[11]) = (UInt8(sum >> 8), UInt8(sum & 0xff))
        return Frames.big(Address.neighbour.rawValue, 6) + Frames.big(source.rawValue, 6)
            + tags.flatMap(\.bytes) + [8, 0] + packet
    }

    private static let hundred = Tag(identifier: 100)
    private static let service = Tag(type: 0x88a8, identifier: 200)
    private static let outer = Tag(type: 0x88a8, identifier: 300)
    private static let inner = Tag(identifier: 7)

    // MARK: Misuse

    /// What no interface of the port has: another identifier, another type, an inner tag more or less.
    @Test(
        "unknown tags are dropped by name",
        arguments: [
            [Tag(identifier: 101)], [Tag(identifier: 4_095)], [Tag(type: 0x88a8, identifier: 100)],
            [Tag(identifier: 200)], [Tag(type: 0x88a8, identifier: 300)],
            [Tag(type: 0x88a8, identifier: 300), Tag(identifier: 8)],
            [Tag(identifier: 300), Tag(identifier: 7)],
            [Tag(type: 0x88a8, identifier: 300), Tag(type: 0x88a8, identifier: 7)],
            [Tag(identifier: 100), Tag(identifier: 5)],
            [Tag(identifier: 100), Tag(identifier: 0)],
            [Tag(identifier: 0), Tag(identifier: 0)],
            [Tag(type: 0x88a8, identifier: 300), Tag(identifier: 7), Tag(identifier: 1)],
        ])
    func unknownTags(tags: [Tag]) throws {
        let bench = try bench()
        var frame = packet(by: nil)
        frame.insert(contentsOf: tags.flatMap(\.bytes), at: 12)
        let seen = try bench.run([frame])
        #expect(seen.drops == [.init(stage: .admit, reason: .unknownVLAN)])
        #expect(bench.tallies.dropped(.unknownVLAN).bytes == UInt64(frame.count))
        #expect(bench.tallies.balances)
    }

    @Test("a port without VLANs has no tags at all, but priorities") func portWithoutVLANs() throws
    {
        let bench = try bench()
        let frame = packet(by: nil)
        let toRight = Frames.big(Address.right.rawValue, 6) + frame.dropFirst(6)
        let seen = try bench.run(
            [toRight.tagged(Self.hundred), toRight.tagged(Tag(priority: 6, identifier: 0))],
            from: 1)
        #expect(seen.drops == [.init(stage: .admit, reason: .unknownVLAN)])
        #expect(bench.sent(by: 1) == [routed(frame, from: Address.right)])
    }

    @Test("a frame that ends in its tags is truncated", arguments: 14..<18)
    func truncated(length: Int) throws {
        let bench = try bench()
        let frame = Array(packet(by: nil).tagged(Self.hundred).prefix(length))
        let seen = try bench.run([frame])
        #expect(seen.drops == [.init(stage: .admit, reason: .truncatedFrame)])
    }

    @Test("a packet that ends behind its tags is truncated", arguments: [18, 30, 37])
    func truncatedPacket(length: Int) throws {
        let bench = try bench()
        let frame = Array(packet(by: nil).tagged(Self.hundred).prefix(length))
        let seen = try bench.run([frame])
        #expect(seen.drops == [.init(stage: .validateIPv4, reason: .truncatedFrame)])
    }

    @Test("tags do not make a frame ours, nor another protocol IPv4")
    func othersBehindTags() throws {
        let bench = try bench()
        let seen = try bench.run([
            Frames.ipv4(to: 0x02_00_00_00_00_77).tagged(Self.hundred),
            Frames.ethernet(type: 0x0806, payload: [UInt8](repeating: 0, count: 28)).tagged(
                Self.hundred),
            Frames.ethernet(type: 0x86dd, payload: [UInt8](repeating: 0, count: 40)).tagged(
                Self.outer, Self.inner),
        ])
        #expect(seen.drops.map(\.reason) == [.notForUs, .badARP, .ipv6NotHandled])
    }

    @Test("faults of a header behind tags have their names") func faultsBehindTags() throws {
        let bench = try bench()
        let seen = try bench.run([
            packet(by: nil) { $0.checksum = 0x0102 }.tagged(Self.hundred),
            packet(by: nil) { $0.totalLength = 1_500 }.tagged(Self.service),
            packet(by: nil) { $0.timeToLive = 1 }.tagged(Self.outer, Self.inner),
            packet(by: 99).tagged(Self.hundred),
            packet(by: 98).tagged(Self.hundred),
        ])
        #expect(
            seen.drops.map(\.reason) == [
                .badChecksum, .badTotalLength, .noRoute, .timeToLiveExpired, .noNeighbour,
            ])
        #expect(bench.tallies.balances)
    }

    @Test("a buffer without headroom is made room in, or the frame is dropped by name")
    func headroom() throws {
        let bench = try bench()
        let frame = packet(by: Trunk.double)
        try bench.state.burst.add([frame, frame])
        for index in 0..<2 {
            let mbuf = bench.state.burst[index]
            mbuf.port = 1
            mbuf.data.copyMemory(
                from: Frames.big(Address.right.rawValue, 6), byteCount: 6)
            // As a peer that shares memory may leave it: the frame at the very beginning of the buffer.
            let bytes = Array(UnsafeRawBufferPointer(start: mbuf.data, count: mbuf.dataLength))
            mbuf.moveStart(by: -mbuf.headroom)
            mbuf.data.copyMemory(from: bytes, byteCount: bytes.count)
            mbuf.setLengthOfOnlySegment(bytes.count)
        }
        let seen = bench.walk(from: 1)
        #expect(seen.drops.isEmpty)
        let expected = routed(frame, from: Address.own, Self.outer, Self.inner)
        #expect(bench.sent(by: 0) == [expected, expected])
    }

    // MARK: The way through

    /// From each kind of interface to each.
    @Test(
        "a packet leaves with the tags of its way out, whatever it came with",
        arguments: [
            [], [Tag(priority: 5, identifier: 0)], [Tag(priority: 15, identifier: 100)],
            [Tag(type: 0x88a8, identifier: 200)],
            [Tag(type: 0x88a8, identifier: 300), Tag(identifier: 7)],
            [Tag(identifier: 0), Tag(identifier: 100)],
        ], [false, true])
    func eachWay(tags: [Tag], isHandedOff: Bool) throws {
        let bench = try bench()
        let ways: [(UInt16?, [Tag])] = [
            (nil, []), (0, []), (Trunk.hundred, [Self.hundred]), (Trunk.service, [Self.service]),
            (Trunk.double, [Self.outer, Self.inner]),
        ]
        let frames = ways.map { way, _ in
            let frame = packet(by: way)
            return Array(frame.prefix(12)) + tags.flatMap(\.bytes) + frame.dropFirst(12)
        }
        let seen = try bench.run(frames, isHandedOff: isHandedOff)
        #expect(seen.drops.isEmpty)
        #expect(bench.sent(by: 1) == [routed(packet(by: nil), from: Address.right)])
        #expect(
            bench.sent(by: 0)
                == ways.dropFirst().map { way, tags in
                    let plain = routed(packet(by: way), from: Address.own)
                    return Array(plain.prefix(12)) + tags.flatMap(\.bytes) + plain.dropFirst(12)
                })
        #expect(bench.tallies.balances)
    }

    /// Each alone, so that no other frame decides how the burst is walked.
    @Test("one frame in a burst goes as it would among others")
    func alone() throws {
        for way in [nil, 0, Trunk.hundred, Trunk.double] as [UInt16?] {
            for tags in [[], [Self.hundred], [Self.outer, Self.inner]] as [[Tag]] {
                let bench = try bench()
                let plain = packet(by: way)
                let frame = Array(plain.prefix(12)) + tags.flatMap(\.bytes) + plain.dropFirst(12)
                try bench.run([frame])
                let out: [Tag] =
                    way == Trunk.hundred
                    ? [Self.hundred] : way == Trunk.double ? [Self.outer, Self.inner] : []
                let routed = routed(plain, from: way == nil ? Address.right : Address.own)
                #expect(
                    bench.sent(by: way == nil ? 1 : 0) == [
                        Array(routed.prefix(12)) + out.flatMap(\.bytes) + routed.dropFirst(12)
                    ])
            }
        }
    }

    @Test("padding behind a tagged packet is cut")
    func padding() throws {
        let bench = try bench()
        let frame = packet(by: Trunk.hundred)
        try bench.run([
            frame.tagged(Self.outer, Self.inner) + [UInt8](repeating: 0xee, count: 23),
            packet(by: nil).tagged(Self.hundred) + [0xee],
        ])
        #expect(bench.sent(by: 0) == [routed(frame, from: Address.own, Self.hundred)])
        #expect(bench.sent(by: 1) == [routed(packet(by: nil), from: Address.right)])
    }

    /// RFC 791 counts the packet; the tags are the link's.
    @Test("tags do not count for the MTU")
    func mtu() throws {
        let bench = try bench(mtu: 100)
        func packet(_ payload: Int) -> [UInt8] {
            self.packet(by: Trunk.double) {
                $0.payload = [UInt8](repeating: 7, count: payload)
                $0.fragment = 0x4000
            }
        }
        let seen = try bench.run([
            packet(80), packet(81), packet(80).tagged(Self.hundred),
            packet(81).tagged(Self.hundred),
        ])
        #expect(seen.drops.map(\.reason) == [.exceedsMTU, .exceedsMTU])
        #expect(bench.sent(by: 0).map(\.count) == [14 + 8 + 100, 14 + 8 + 100])
    }

    @Test("dropped frames leave the others their tags")
    func mixedBurst() throws {
        let bench = try bench()
        let good = packet(by: Trunk.hundred)
        let frames = (0..<64).map { number -> [UInt8] in
            switch number % 4 {
            case 0: good
            case 1: good.tagged(Tag(identifier: 101))
            case 2: good.tagged(Self.outer, Self.inner)
            default: packet(by: nil) { $0.timeToLive = 1 }.tagged(Self.hundred)
            }
        }
        try bench.run(frames)
        #expect(bench.drops == [.unknownVLAN: 16, .timeToLiveExpired: 16])
        let expected = routed(good, from: Address.own, Self.hundred)
        #expect(bench.sent(by: 0) == [[UInt8]](repeating: expected, count: 32))
    }

    // MARK: Counters

    @Test("frames count for the interface that they come in and leave by")
    func counters() throws {
        let bench = try bench()
        let inner = packet(by: Trunk.double).tagged(Self.hundred)
        try bench.run([
            packet(by: nil), inner, inner, packet(by: 0).tagged(Self.outer, Self.inner),
            packet(by: nil).tagged(Tag(identifier: 101)),
            Frames.ipv4(to: 0x02_00_00_00_00_77).tagged(Self.hundred),
        ])
        func count(_ frames: UInt64, _ bytes: Int) -> TallySet.Count {
            TallySet.Count(frames: frames, bytes: UInt64(bytes))
        }
        let length = packet(by: nil).count
        let counters = bench.interfaces
        #expect(counters.read(0).received == count(1, length))
        #expect(counters.read(0).sent == count(1, length))
        // With the frame that was not for us, as Linux counts.
        #expect(counters.read(Trunk.hundred).received == count(3, 2 * (length + 4) + 38))
        #expect(counters.read(Trunk.hundred).sent == count(0, 0))
        #expect(counters.read(Trunk.double).received == count(1, length + 8))
        #expect(counters.read(Trunk.double).sent == count(2, 2 * (length + 8)))
        #expect(counters.read(Trunk.service) == InterfaceCount())
        #expect(counters.read(1) == InterfaceCount(), "the port has no VLANs: its own count")
        // All that came in by the port, but for what no interface has.
        let all = [0, Trunk.hundred, Trunk.double].map { counters.read($0).received.frames }
        #expect(all.reduce(0, +) + 1 == bench.tallies.received(port: 0).frames)
    }

    /// What the stages note is what the words are made of.
    @Test("the note of a tagged frame names its interface") func note() throws {
        let note = AdmitNote(StageNote(.groupAddress, taggedFor: Trunk.double))
        #expect(note?.check == .groupAddress)
        #expect(note?.interface == Trunk.double)
        #expect(AdmitNote(StageNote(.ownAddress))?.interface == nil)
    }
}
