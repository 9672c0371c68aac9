// SPDX-License-Identifier: Apache-2.0

import EALSupport
import PacketHeaders
import TestSupport
import Testing

@testable import DPDK
@testable import Dataplane

/// What parts of datagrams wait for each other. What becomes of them, and when, hold cases and random frames against a model.
@Suite(.usesEAL) struct ReassemblyTests {
    private static func part(
        _ start: Int, _ count: Int, more: Bool = true, number: UInt16 = 1, ecn: UInt8 = 0
    ) -> [UInt8] {
        Frames.ipv4 {
            $0.identification = number
            $0.fragment = UInt16(start / 8) | (more ? 0x2000 : 0)
            $0.payload = [UInt8](repeating: 7, count: count)
            $0.typeOfService = ecn
        }
    }

    private static func read(_ frame: [UInt8]) -> DatagramPart? {
        frame.withUnsafeBytes { bytes in
            IPv4Header(FrameBytes(bytes).dropFirst(14)).flatMap { DatagramPart($0) }
        }
    }

    @Test("what can be no part of a datagram is none (RFC 791, 3.2)")
    func impossible() throws {
        #expect(Self.read(Self.part(0, 15)) == nil)
        #expect(Self.read(Self.part(8, 0)) == nil)
        #expect(Self.read(Self.part(65_528, 16, more: false)) == nil)
        let last = try #require(Self.read(Self.part(65_512, 3, more: false)))
        #expect(last.bytes == 65_512..<65_515 && last.isLast)
    }

    @Test(
        "however many parts come, of however many datagrams, no more wait than there is room for, and none is lost"
    )
    func bounded() throws {
        let pool = try TestEnvironment.pool
        let before = pool.inUseCount
        do {
            var reassembly = Reassembly()
            var burst = Burst()
            var gone = Burst()
            var random = SeededGenerator(seed: 791)
            for _ in 0..<20_000 {
                let frame = Self.part(
                    8 * Int.random(in: 0..<60, using: &random), 8,
                    more: Int.random(in: 0..<50, using: &random) > 0,
                    number: UInt16.random(in: 0..<9, using: &random))
                let part = try #require(Self.read(frame))
                if let (verdict, datagram) = reassembly.objection(to: part, in: 5) {
                    guard verdict == .spoils else { continue }
                    _ = reassembly.take(datagram, into: &gone)
                    gone.removeAll()
                    continue
                }
                while let oldest = reassembly.displaced(by: part, buffers: 1, in: 5) {
                    _ = reassembly.take(oldest, into: &gone)
                    let count = gone.count
                    #expect(count > 0)
                    gone.removeAll()
                }
                try burst.add([frame])
                let (verdict, datagram) = reassembly.add(part, lastOf: &burst, in: 5)
                switch verdict {
                case .waits:
                    let left = burst.count
                    #expect(left == 0)
                case .isWhole:
                    let begins = reassembly.take(datagram, into: &gone)
                    #expect(begins)
                    gone.removeAll()
                case .isBad, .spoils, .isRefused, .isMixed:
                    Issue.record("there was room, and nothing against it")
                }
                let waiting = reassembly.frameCount
                #expect(waiting <= Reassembly.mostBuffers)
            }
            while reassembly.takeAny(into: &gone) { gone.removeAll() }
            let rest = reassembly.frameCount
            #expect(rest == 0)
        }
        #expect(pool.inUseCount == before)
    }

    @Test(
        "a datagram is whole once all of its bytes are there, in whatever order, and its parts come in the order of bytes"
    )
    func whole() throws {
        var reassembly = Reassembly()
        var burst = Burst()
        let frames = [
            Self.part(16, 8), Self.part(24, 5, more: false), Self.part(0, 8), Self.part(8, 8),
        ]
        var verdicts: [Reassembly.Verdict] = []
        for frame in frames {
            try burst.add([frame])
            verdicts.append(
                reassembly.add(try #require(Self.read(frame)), lastOf: &burst, in: 127).0)
        }
        #expect(
            verdicts == [
                .waits(isFirst: true), .waits(isFirst: false), .waits(isFirst: false), .isWhole,
            ])
        let begins = reassembly.take(127 * Reassembly.mostDatagrams, into: &burst)
        #expect(begins)
        let inOrder = burst.frames
        #expect(inOrder == [frames[2], frames[3], frames[0], frames[1]])
    }

    @Test(
        "a datagram is none whose parts are of a sender that can be told of congestion and of one that cannot (RFC 3168, 5.3)",
        arguments: [
            ([0, 0], true), ([1, 2], true), ([2, 3], true), ([3, 3], true), ([0, 3], false),
            ([3, 0], false), ([0, 1], false), ([2, 0], false),
        ] as [([UInt8], Bool)])
    func congestion(ecn: [UInt8], isWhole: Bool) throws {
        var reassembly = Reassembly()
        var burst = Burst()
        let frames = [Self.part(0, 8, ecn: ecn[0]), Self.part(8, 8, more: false, ecn: ecn[1])]
        var last = Reassembly.Verdict.isRefused
        for frame in frames {
            try burst.add([frame])
            last = reassembly.add(try #require(Self.read(frame)), lastOf: &burst, in: 3).0
        }
        #expect(last == (isWhole ? .isWhole : .isMixed))
        let isMarked = reassembly.isMarked(3 * Reassembly.mostDatagrams)
        #expect(isMarked == ecn.contains(3))
        while reassembly.takeAny(into: &burst) { burst.removeAll() }
    }
}
