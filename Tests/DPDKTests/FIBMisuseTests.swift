// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import Testing

/// A full or misused table says what is wrong, and what is in it stays as it was.
@Suite(.usesEAL) struct FIBMisuseTests {
    @Test func givenMoreRoutesThanAskedForTheErrorSaysThatTheTableIsFull() throws {
        let fib = try makeFIB(routes: 16)
        defer { fib.free() }
        var added = 0
        let error = #expect(throws: DPDKError.self) {
            for number in 0..<100 {
                try fib.add(address: UInt32(number) << 16, length: 24, value: UInt16(number + 1))
                added += 1
            }
        }
        #expect(added >= 16)
        #expect(error?.operation == "add a route of /24: the table has no room for more routes")
        for number in 0..<added { #expect(fib.lookUp(UInt32(number) << 16) == number + 1) }
    }

    @Test func givenMoreLongPrefixGroupsThanAskedForTheErrorNamesThem() throws {
        let fib = try makeFIB(routes: 100, groups: 4)
        defer { fib.free() }
        var added = 0
        let error = #expect(throws: DPDKError.self) {
            // DPDK rounds the number up, to 64 at most here.
            for number in 0..<65 {
                try fib.add(address: UInt32(number) << 8, length: 26, value: UInt16(number + 1))
                added += 1
            }
        }
        #expect(added >= 4)
        let full = UInt32(added) << 8
        #expect(
            error?.operation
                == "add a route of /26: the table has no room for another /24 network with prefixes "
                + "longer than 24 bits")
        #expect(error?.code == 28)
        #expect(fib.lookUp(full) == 0)
        #expect(fib.lookUp(3 << 8) == 4)
        // A prefix in a network that has its group still fits.
        try fib.add(address: 3 << 8 | 128, length: 32, value: 9)
        #expect(fib.lookUp(3 << 8 | 128) == 9)
    }

    @Test func givenALengthBeyond32TheRouteIsRefused() throws {
        let fib = try makeFIB()
        defer { fib.free() }
        let error = #expect(throws: DPDKError.self) {
            try fib.add(address: 0, length: 33, value: 1)
        }
        #expect(error?.code == 22)
    }

    @Test func givenAValueBeyondTheLargestTheRouteIsRefused() throws {
        let fib = try makeFIB()
        defer { fib.free() }
        #expect(throws: DPDKError.self) {
            try fib.add(address: 0, length: 8, value: FIB.largestValue + 1)
        }
        #expect(fib.lookUp(1) == 0)
    }

    @Test func givenARouteThatIsNotThereItCannotBeRemoved() throws {
        let fib = try makeFIB()
        defer { fib.free() }
        try fib.add(address: 0x0a00_0000, length: 8, value: 1)
        let error = #expect(throws: DPDKError.self) {
            try fib.remove(address: 0x0a00_0000, length: 9)
        }
        #expect(error?.operation == "remove a route of /9")
        #expect(error?.code == 2)
        #expect(fib.lookUp(0x0a00_0001) == 1)
    }

    @Test func givenANameInUseTheSecondTableIsRefused() throws {
        let name = TestEnvironment.uniqueName("fib")
        let fib = try makeFIB(name: name)
        defer { fib.free() }
        let error = #expect(throws: DPDKError.self) { try makeFIB(name: name) }
        #expect(error?.code == 17)
    }

    @Test func givenNoMemoryTheErrorStatesWhatWasAskedFor() throws {
        var tables: [FIB] = []
        defer { for table in tables { table.free() } }
        // Each takes 32 MB and more of what the environment has.
        let error = #expect(throws: DPDKError.self) {
            for _ in 0...(TestEnvironment.megabytes + TestEnvironment.heapMegabytes) / 32 {
                tables.append(try makeFIB())
            }
        }
        #expect(tables.count > 4)
        #expect(error?.code == 12)
        #expect(error?.description.contains("for 100 routes (32 MB and more)") == true)
        #expect(error?.logLine != nil, "DPDK's own words are missing")
    }

    private func makeFIB(
        name: String? = nil, routes: Int = 100, groups: Int = 100
    ) throws -> FIB {
        try FIB(
            name: name ?? TestEnvironment.uniqueName("fib"), routes: routes,
            longPrefixGroups: groups, missValue: 0, numaNode: nil)
    }
}
