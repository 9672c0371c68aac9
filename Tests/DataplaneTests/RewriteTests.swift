// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import PacketHeaders
import TestSupport
import Testing

@testable import Dataplane

/// What a router changes: time to live (RFC 1812, 5.3.1), checksum (RFC 1624), MAC addresses.
@Suite(.usesEAL) struct RewriteTests {
    @Test(arguments: [0, 1] as [UInt8])
    func givenATimeToLiveThatRunsOutThePacketIsDropped(timeToLive: UInt8) throws {
        let bench = try forwarding()
        let seen = try bench.run([Frames.ipv4 { $0.timeToLive = timeToLive }])
        #expect(seen.drops == [.init(stage: .rewrite, reason: .timeToLiveExpired)])
        #expect(seen.sends.isEmpty)
        #expect(bench.tallies.balances)
    }

    @Test func givenNoNeighbourThePacketIsDroppedBehindTheTimeToLive() throws {
        let bench = try StageBench(
            try routing { fib, nextHops in
                let entry = nextHops.add(.unresolved(port: 1))!
                fib.paint(address: 0x0a00_0000, length: 8, value: entry)
            }, stages: Stage.stages(of: .route))
        let seen = try bench.run([
            Frames.ipv4 { $0.destination = 0x0a00_0001 },
            Frames.ipv4 {
                $0.destination = 0x0a00_0001
                $0.timeToLive = 1
            },
        ])
        #expect(seen.drops.map(\.reason) == [.noNeighbour, .timeToLiveExpired])
    }

    @Test func givenAPacketLargerThanTheMTUItIsDroppedPaddingAside() throws {
        let bench = try forwarding(mtu: 100)
        let fits = Frames.ipv4 { $0.payload = [UInt8](repeating: 7, count: 80) }
        let padded = fits + [UInt8](repeating: 0, count: 50)
        let large = Frames.ipv4 {
            $0.payload = [UInt8](repeating: 7, count: 81)
            $0.fragment = 0x4000
        }
        let seen = try bench.run([fits, padded, large])
        #expect(seen.drops == [.init(stage: .rewrite, reason: .exceedsMTU)])
        #expect(seen.sends == [1, 1])
        #expect(bench.sent(by: 1).map(\.count) == [114, 114])
    }

    /// Byte for byte: the new MAC addresses, a lower time to live, the checksum of the whole header.
    @Test func givenAPacketItLeavesAsTheNextHopsOwn() throws {
        let bench = try forwarding()
        try bench.run([Frames.ipv4 { $0.payload = [1, 2, 3] } + [0xee, 0xee]])
        let expected = Frames.IPv4 {
            $0.payload = [1, 2, 3]
            $0.timeToLive = 63
        }
        #expect(
            bench.sent(by: 1) == [
                Frames.ethernet(
                    to: Address.neighbour.rawValue, from: Address.right.rawValue, type: 0x0800,
                    payload: expected.bytes)
            ])
    }

    /// Incremental updates (RFC 1624, eqn. 3) give what a full sum gives, whatever the checksum is:
    /// every identification takes it through every value.
    @Test func givenEveryChecksumTheNewOneIsThatOfAFullSum() throws {
        let bench = try forwarding()
        var wrong = 0
        for first in stride(from: 0, to: 65_536, by: 64) {
            try bench.run(
                (first..<first + 64).map { number in
                    Frames.ipv4 { $0.identification = UInt16(number) }
                })
            for frame in bench.sent(by: 1) where Frames.checksum(Array(frame[14..<34])) != 0 {
                wrong += 1
            }
            bench.state.transmitBuffers[1].removeAll()
        }
        #expect(wrong == 0)
        #expect(bench.drops == [:])
    }

    /// The TTL decrements of /work/shared/corpora/vectors/checksum.json, recomputed in full there,
    /// with other addresses (loopback ones are not routed).
    @Test(
        arguments: [
            ("45000054a6f2000002010000c0a80001c0a800c7", 0x8f9e, 0x909e),
            ("45c00030ffff2000ff1100000a0000010a000002", 0x86fa, 0x87fa),
        ] as [(String, UInt16, UInt16)])
    func givenAVectorTheChecksumAfterTheDecrementIsThePublishedOne(
        header: String, before: UInt16, after: UInt16
    ) throws {
        let bench = try StageBench(
            try routing { fib, nextHops in
                fib.paint(address: 0x0a00_0000, length: 8, value: 1)
                fib.paint(address: 0xc0a8_0000, length: 16, value: 1)
            }, stages: Stage.stages(of: .route))
        var packet = [UInt8](hex: header)
        packet.replaceSubrange(10..<12, with: Frames.big(UInt64(before), 2))
        packet += [UInt8](repeating: 0, count: Int(packet[2]) << 8 + Int(packet[3]) - packet.count)
        let seen = try bench.run([Frames.ethernet(type: 0x0800, payload: packet)])
        #expect(seen.drops.isEmpty)
        let sent = try #require(bench.sent(by: 1).first)
        #expect(Array(sent[24..<26]) == Frames.big(UInt64(after), 2))
    }

    @Test func givenOptionsTheyAreCarried() throws {
        let bench = try forwarding()
        try bench.run([Frames.ipv4 { $0.options = [7, 7, 4, 0, 0, 0, 0, 0] }])
        let sent = try #require(bench.sent(by: 1).first)
        #expect(Array(sent[34..<42]) == [7, 7, 4, 0, 0, 0, 0, 0])
        #expect(Frames.checksum(Array(sent[14..<42])) == 0)
    }

    /// A frame of several buffers loses its padding, whole buffers of it too.
    @Test func givenAFrameOfSeveralBuffersItsPaddingGoes() throws {
        let pool = try TestEnvironment.pool
        let before = pool.inUseCount
        let bench = try forwarding(mtu: 9000)
        let packet = Frames.ipv4 { $0.payload = [UInt8](repeating: 5, count: 3000) }
        let folder = try TemporaryFolder()
        let file = PcapFile().adding(packet + [UInt8](repeating: 0, count: 4000))
        let source = try TestPort.receiving(try folder.write(file.bytes, to: "long.pcap"))
        defer { source.close() }
        try #require(bench.state.burst.receive(port: source.index, queue: 0) == 1)
        bench.state.burst[0].port = 0
        let observer = bench.walk(from: 0)
        #expect(observer.drops.isEmpty)
        #expect(bench.sent(by: 1).map(\.count) == [3034])
        #expect(
            bench.sent(by: 1).first.map { Array($0.dropFirst(34)) } == Array(packet.dropFirst(34)))
        #expect(pool.inUseCount == before + 2)
    }

    private func forwarding(mtu: Int = 1500) throws -> StageBench {
        try StageBench(try routing(mtu: mtu), stages: Stage.stages(of: .route))
    }
}
