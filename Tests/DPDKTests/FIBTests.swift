// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import TestSupport
import Testing

/// Longest-prefix match (RFC 1812, 5.2.4.3), held against a plain reference.
@Suite(.usesEAL) struct FIBTests {
    @Test func givenAnEmptyTableEveryAddressMisses() throws {
        let fib = try makeFIB(miss: 77)
        defer { fib.free() }
        #expect(fib.lookUp(0) == 77)
        #expect(fib.lookUp(0xffff_ffff) == 77)
    }

    @Test func givenNestedPrefixesTheLongestWins() throws {
        let fib = try makeFIB()
        defer { fib.free() }
        for (length, value) in [(0, 1), (8, 2), (16, 3), (24, 4), (25, 5), (31, 6), (32, 7)] {
            try fib.add(address: 0x0a01_0200, length: length, value: UInt16(value))
        }
        #expect(fib.lookUp(0x0a01_0200) == 7)
        #expect(fib.lookUp(0x0a01_0201) == 6)
        #expect(fib.lookUp(0x0a01_027f) == 5)
        #expect(fib.lookUp(0x0a01_0280) == 4)
        #expect(fib.lookUp(0x0a01_ff00) == 3)
        #expect(fib.lookUp(0x0aff_0000) == 2)
        #expect(fib.lookUp(0xc000_0201) == 1)
    }

    @Test func givenHostBitsInAPrefixTheyDoNotMatter() throws {
        let fib = try makeFIB()
        defer { fib.free() }
        try fib.add(address: 0xc0a8_01ff, length: 16, value: 9)
        #expect(fib.lookUp(0xc0a8_0000) == 9)
    }

    @Test func givenTheLargestValueItIsLookedUpWhole() throws {
        let fib = try makeFIB()
        defer { fib.free() }
        try fib.add(address: 0, length: 0, value: FIB.largestValue)
        try fib.add(address: 0x0a00_0000, length: 32, value: FIB.largestValue)
        #expect(fib.lookUp(1) == FIB.largestValue)
        #expect(fib.lookUp(0x0a00_0000) == FIB.largestValue)
    }

    @Test(arguments: [1, 2, 0xf1b] as [UInt64])
    func givenTenThousandRandomPrefixesLookUpsAgreeWithTheReference(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let fib = try makeFIB(routes: 10_000, groups: 8192)
        defer { fib.free() }
        var reference = ReferenceTable()

        for _ in 0..<10_000 {
            let (address, length) = reference.randomPrefix(&random)
            let value = UInt16.random(in: 1...FIB.largestValue, using: &random)
            try fib.add(address: address, length: length, value: value)
            reference.add(address, length, value)
        }
        compare(fib, reference, lookUps: 50_000, &random)

        for (address, length, _) in reference.routes.shuffled(using: &random) {
            switch UInt8.random(in: 0..<4, using: &random) {
            case 0:
                try fib.remove(address: address, length: length)
                reference.remove(address, length)
            case 1:
                let value = UInt16.random(in: 1...FIB.largestValue, using: &random)
                try fib.add(address: address, length: length, value: value)
                reference.add(address, length, value)
            default: break
            }
        }
        compare(fib, reference, lookUps: 50_000, &random)

        for (address, length, _) in reference.routes {
            try fib.remove(address: address, length: length)
        }
        compare(fib, ReferenceTable(), lookUps: 1_000, &random)
    }

    private func makeFIB(
        routes: Int = 100, groups: Int = 100, miss: UInt16 = 0
    ) throws -> FIB {
        try FIB(
            name: TestEnvironment.uniqueName("fib"), routes: routes, longPrefixGroups: groups,
            missValue: miss, numaNode: nil)
    }

    private func compare(
        _ fib: FIB, _ reference: ReferenceTable, lookUps: Int, _ random: inout SeededGenerator
    ) {
        var wrong = 0
        var left = lookUps
        while left > 0 {
            var addresses = (0..<min(left, Burst.capacity)).map { _ in
                reference.randomAddress(&random)
            }
            var values = [UInt64](repeating: .max, count: addresses.count)
            fib.lookUp(&addresses, count: addresses.count, into: &values)
            for (address, value) in zip(addresses, values)
            where value != UInt64(reference.lookUp(address)) { wrong += 1 }
            left -= addresses.count
        }
        #expect(wrong == 0, "of \(lookUps) look-ups")
    }
}
