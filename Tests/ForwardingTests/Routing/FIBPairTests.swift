// SPDX-License-Identifier: Apache-2.0

import Dataplane
import EALSupport
import FreewayConfiguration
import Testing

@testable import Forwarding

/// Longest-prefix match (RFC 1812, 5.2.4.3) where prefixes nest, meet and end.
@Suite(.usesEAL) struct FIBPairTests {
    private func pair(_ entries: [(UInt32, Int, UInt16)]) throws -> FIBPair<FIBInstance> {
        var configuration = Configuration(
            path: "f.yaml", forward: .route, workers: .count(1), ports: [], crossConnects: [])
        configuration.memory.routes = 256
        return try FIBPair<FIBInstance>(
            Plan.ForwardingTable(configuration), entries.map { (PrefixKey($0, $1), $2) },
            numaNode: nil)
    }

    private func step(
        _ address: UInt32, _ length: Int, _ before: UInt16, _ after: UInt16
    ) -> FIBStep<PrefixKey> {
        FIBStep<PrefixKey>(key: PrefixKey(address, length), before: before, after: after)
    }

    @Test("of nested prefixes the longest decides")
    func nested() throws {
        var pair = try pair(
            [(0, 8), (8, 16), (16, 24), (24, 32), (25, 40), (31, 48), (32, 56)].map {
                (0x0a01_0200, $0, $1)
            })
        defer { pair.free() }
        for (address, value) in [
            (0x0a01_0200, 56), (0x0a01_0201, 48), (0x0a01_027f, 40), (0x0a01_0280, 32),
            (0x0a01_ff00, 24), (0x0aff_0000, 16), (0xc000_0201, 8),
        ] as [(UInt32, UInt16)] {
            #expect(pair.live.lookUp(address) == value)
        }
    }

    /// As many a VPN sets them. DPDK's `rte_fib` gave all addresses the value of the default route.
    @Test("a default route behind both halves changes nothing, until one is gone")
    func halves() throws {
        var pair = try pair([(0x0a00_0000, 8, 3), (0, 1, 1), (0x8000_0000, 1, 2)])
        defer { pair.free() }
        func expect(_ last: UInt16) {
            #expect(pair.live.lookUp(0x0a00_0001) == 3)
            #expect(pair.live.lookUp(0x0100_0000) == 1 && pair.live.lookUp(0x7fff_ffff) == 1)
            #expect(pair.live.lookUp(0x8000_0000) == last && pair.live.lookUp(.max) == last)
        }
        for (before, after) in [(0, 4), (4, 5), (5, 0), (0, 6)] as [(UInt16, UInt16)] {
            try pair.swap([step(0, 0, before, after)])
            expect(2)
        }
        try pair.swap([step(0x8000_0000, 1, 2, 0)])
        expect(6)
        try pair.swap([step(0, 0, 6, 0)])
        expect(0)
    }

    @Test("every length at either end keeps its share", arguments: [0, UInt32.max])
    func ends(address: UInt32) throws {
        var pair = try pair([])
        defer { pair.free() }
        for length in (0...32).reversed() {
            try pair.swap([step(address, length, 0, UInt16(length + 1))])
        }
        for length in 0..<32 {
            // The half that no longer one has.
            let other = address ^ 1 << UInt32(31 - length)
            #expect(pair.live.lookUp(other) == UInt16(length + 1), "/\(length)")
        }
        #expect(pair.live.lookUp(address) == 33)
    }
}
