// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import TestSupport
import Testing

@testable import Dataplane

/// Look-ups in a table whose entries were written by hand; what prefixes make of one is another suite's.
@Suite(.usesEAL) struct FIBTests {
    private func makeFIB(groups: Int = 4) throws -> FIB {
        try FIB(name: TestEnvironment.uniqueName("fib"), groups: groups, numaNode: nil)
    }

    @Test func givenANewTableEveryAddressHasTheNumber0() throws {
        let fib = try makeFIB()
        defer { fib.free() }
        for address in [0, 1, 0x0a01_0203, 0xffff_ff00, UInt32.max] {
            #expect(fib.lookUp(address) == 0)
        }
    }

    @Test func givenAFilledRangeItsNeighboursStay() throws {
        let fib = try makeFIB()
        defer { fib.free() }
        for count in [1, 63, 64, 65, 2_047, 2_048, 4_097, 100_000] {
            fib.fill(1_000_000..<1_000_000 + count, with: FIB.largestValue)
            #expect(
                (1_000_000..<1_000_000 + count).allSatisfy {
                    fib.lookUp(UInt32($0) << 8 | 255) == FIB.largestValue
                })
            #expect(fib.lookUp(999_999 << 8 | 255) == 0)
            #expect(fib.lookUp(UInt32(1_000_000 + count) << 8) == 0, "\(count)")
            fib.fill(1_000_000..<1_000_000 + count, with: 0)
        }
    }

    @Test func givenTheLastNetworkAndTheLastGroupTheLastAddressIsLookedUp() throws {
        let fib = try makeFIB()
        defer { fib.free() }
        fib.fill(0..<FIB.networkCount, with: 5)
        let values = (0..<256).map { UInt16($0 + 32_512) }
        fib.split(FIB.networkCount - 1, into: values[...], group: 3)
        #expect(fib.lookUp(.max) == FIB.largestValue)
        #expect(fib.lookUp(0xffff_ff00) == 32_512)
        #expect(fib.lookUp(0xffff_feff) == 5)
        #expect(fib.group(ofNetwork: FIB.networkCount - 1) == 3)
        #expect(fib.group(ofNetwork: 0) == nil)
    }

    /// The count of a burst is any from 0 to 64: whole vectors, where the processor has them, and a rest.
    @Test func givenABurstOfAnyLengthEachAddressIsLookedUpAsIfAlone() throws {
        // Seed 24.
        var random = SeededGenerator(seed: 24)
        let fib = try makeFIB(groups: FIB.mostGroups)
        defer { fib.free() }
        for number in 0..<256 {
            let values = (0..<256).map { _ in
                UInt16.random(in: 0...FIB.largestValue, using: &random)
            }
            // Every other network is split, into groups from all over the table.
            fib.split(number * 2, into: values[...], group: FIB.mostGroups - 1 - number * 128)
            fib.fill(number * 2 + 1..<number * 2 + 2, with: values[0])
        }
        for count in 0...64 {
            var addresses = (0..<count).map { _ in UInt32.random(in: 0..<1 << 17, using: &random) }
            var values = [UInt64](repeating: .max, count: count + 1)
            fib.lookUp(&addresses, count: count, into: &values)
            #expect(values.dropLast() == addresses.map { UInt64(fib.lookUp($0)) }[...])
            #expect(values.last == .max)
        }
    }
}
