// SPDX-License-Identifier: Apache-2.0

import PacketHeaders
import Testing

@testable import Dataplane

/// What came for own addresses and nobody took, by protocol and port.
@Suite struct UnclaimedTrafficTests {
    private static func packet(
        _ ipProtocol: UInt8, port: UInt16 = 0, fragment: UInt16 = 0
    ) -> [UInt8] {
        [
            0x45, 0, 0, 28, 0, 0, UInt8(fragment >> 8), UInt8(truncatingIfNeeded: fragment), 64,
            ipProtocol,
        ]
            + [UInt8](repeating: 0, count: 10) + [
                0, 7, UInt8(port >> 8), UInt8(truncatingIfNeeded: port),
            ]
            + [0, 0, 0, 0]
    }

    private static func count(_ packets: [[UInt8]]) throws -> [UnclaimedKey?: UInt64] {
        let traffic = UnclaimedTraffic()
        defer { traffic.free() }
        for packet in packets {
            try packet.withUnsafeBytes { traffic.count(try #require(IPv4Header(FrameBytes($0)))) }
        }
        return traffic.read()
    }

    @Test("each protocol is told apart, and each port of those that have some")
    func apart() throws {
        let counts = try Self.count([
            Self.packet(17, port: 161), Self.packet(17, port: 161), Self.packet(17, port: 0),
            Self.packet(6, port: 161), Self.packet(89, port: 161), Self.packet(0, port: 0),
            // A part of a datagram does not say.
            Self.packet(17, port: 161, fragment: 0x2000),
        ])
        #expect(
            counts == [
                UnclaimedKey(protocol: .udp, port: 161): 2,
                UnclaimedKey(protocol: .udp, port: 0): 1,
                UnclaimedKey(protocol: .tcp, port: 161): 1,
                UnclaimedKey(protocol: .ospf, port: nil): 1,
                UnclaimedKey(protocol: .hopByHop, port: nil): 1,
                UnclaimedKey(protocol: .udp, port: nil): 1,
            ])
    }

    @Test("who scans all ports takes no memory, and no packet goes uncounted")
    func scanned() throws {
        let counts = try Self.count((0...UInt16.max).map { Self.packet(17, port: $0) })
        #expect(counts.count <= 257)
        #expect(counts[nil] ?? 0 > 0)
        #expect(counts.values.reduce(0, +) == 65_536)
    }
}
