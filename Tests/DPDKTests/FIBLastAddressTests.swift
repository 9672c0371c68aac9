// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import Testing

/// Prefixes that reach 255.255.255.255. DPDK 22.11 by itself gives all addresses the value of
/// 0.0.0.0/0 when that comes after 0.0.0.0/1 and 128.0.0.0/1, as many a VPN sets them.
@Suite(.usesEAL) struct FIBLastAddressTests {
    @Test func givenBothHalvesADefaultRouteBehindThemChangesNothing() throws {
        let fib = try halves()
        defer { fib.free() }
        try fib.add(address: 0, length: 0, value: 4)
        expectHalves(fib)
        try fib.add(address: 0, length: 0, value: 5)
        expectHalves(fib)
        try fib.remove(address: 0, length: 0)
        expectHalves(fib)
    }

    @Test func givenBothHalvesADefaultRouteShowsOnceOneIsGone() throws {
        let fib = try halves()
        defer { fib.free() }
        try fib.add(address: 0, length: 0, value: 4)
        try fib.remove(address: 0x8000_0000, length: 1)
        #expect(fib.lookUp(0xffff_ffff) == 4)
        #expect(fib.lookUp(0x0a00_0001) == 3)
        #expect(fib.lookUp(0x0b00_0001) == 1)
    }

    @Test func givenAPrefixThatIsNotThereItsRemovalChangesNothing() throws {
        let fib = try halves()
        defer { fib.free() }
        #expect(throws: DPDKError.self) { try fib.remove(address: 0, length: 0) }
        expectHalves(fib)
    }

    @Test func givenAFullTableARefusedPrefixChangesNothing() throws {
        let fib = try makeFIB(routes: 8)
        defer { fib.free() }
        try fib.add(address: .max, length: 32, value: 32)
        try fib.add(address: .max, length: 16, value: 16)
        var length = 32
        while length > 0, (try? fib.add(address: 0x0a00_0000, length: length, value: 9)) != nil {
            length -= 1
        }
        #expect(length > 8)
        #expect(throws: DPDKError.self) { try fib.add(address: .max, length: 8, value: 8) }
        #expect(fib.lookUp(.max) == 32)
        #expect(fib.lookUp(0xffff_0000) == 16)
        #expect(fib.lookUp(0xff00_0000) == 0)
        #expect(fib.lookUp(0x0a00_0000) == 9)
    }

    @Test func givenEveryLengthAtTheEndEachKeepsItsShare() throws {
        let fib = try makeFIB()
        defer { fib.free() }
        for length in (0...32).reversed() {
            try fib.add(address: .max, length: length, value: UInt16(length + 1))
        }
        for length in 0..<32 {
            let first = length == 0 ? 0 : UInt32.max << UInt32(32 - length)
            #expect(fib.lookUp(first) == UInt16(length + 1), "/\(length)")
        }
        #expect(fib.lookUp(.max) == 33)
    }

    private func makeFIB(routes: Int = 100) throws -> FIB {
        try FIB(
            name: TestEnvironment.uniqueName("fib"), routes: routes, longPrefixGroups: 4,
            missValue: 0, numaNode: nil)
    }

    private func halves() throws -> FIB {
        let fib = try makeFIB()
        try fib.add(address: 0x0a00_0000, length: 8, value: 3)
        try fib.add(address: 0, length: 1, value: 1)
        try fib.add(address: 0x8000_0000, length: 1, value: 2)
        return fib
    }

    private func expectHalves(_ fib: FIB) {
        #expect(fib.lookUp(0x0a00_0001) == 3)
        #expect(fib.lookUp(0x0100_0000) == 1)
        #expect(fib.lookUp(0x7fff_ffff) == 1)
        #expect(fib.lookUp(0x8000_0000) == 2)
        #expect(fib.lookUp(0xffff_ffff) == 2)
    }
}
