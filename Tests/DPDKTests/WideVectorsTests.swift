// SPDX-License-Identifier: Apache-2.0

import DPDK
import TestSupport
import Testing

/// Look-ups of 16 addresses at once, held against the same table read entry by entry.
@Suite struct WideVectorsTests {
    @Test(
        "vectors find what entries say, in networks and in groups",
        .enabled(if: WideVectors.areAvailable, "the processor has no AVX-512"))
    func lookUps() {
        // Seed 512.
        var random = SeededGenerator(seed: 512)
        let groups = 64
        let count = 1 << 24 + groups * 256
        let entries = UnsafeMutablePointer<UInt16>.allocate(capacity: count + 1)
        defer { entries.deallocate() }
        for index in 0...count {
            entries[index] = UInt16.random(in: 0..<0x8000, using: &random)
            if index < 1 << 24, index.isMultiple(of: 3) {
                entries[index] = 0x8000 | UInt16.random(in: 0..<64, using: &random)
            }
        }
        var addresses = (0..<16).map { $0 < 8 ? UInt32.max - UInt32($0) : UInt32($0) }
        for _ in 0..<10_000 {
            var values = [UInt64](repeating: 0, count: 16)
            WideVectors.lookUp(addresses, in: entries, into: &values)
            for (address, value) in zip(addresses, values) {
                var entry = entries[Int(address >> 8)]
                if entry >= 0x8000 {
                    entry = entries[1 << 24 + Int(entry & 0x7fff) << 8 + Int(address & 255)]
                }
                #expect(value == UInt64(entry))
            }
            for index in addresses.indices { addresses[index] = random.next32() }
        }
    }
}

extension SeededGenerator {
    fileprivate mutating func next32() -> UInt32 { UInt32(truncatingIfNeeded: next()) }
}
