// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import Testing

/// Memory for tables: named, so that a leak shows; zeroed; and refused with words.
@Suite(.usesEAL) struct TableMemoryTests {
    private func make(
        _ name: String, megabytes: Int = 1, numaNode: Int32? = nil
    ) throws -> TableMemory {
        try TableMemory(
            name: name, byteCount: megabytes << 20, numaNode: numaNode,
            for: "take \(megabytes) MB for a table")
    }

    @Test func givenMemoryThatWasUsedBeforeItIsZero() throws {
        for _ in 0..<3 {
            let memory = try make("table-zero")
            defer { memory.free() }
            let words = memory.base.assumingMemoryBound(to: UInt64.self)
            #expect((0..<1 << 17).allSatisfy { words[$0] == 0 })
            for index in 0..<1 << 17 { words[index] = .max }
        }
    }

    @Test func givenANameInUseTheSecondTableIsRefused() throws {
        let name = TestEnvironment.uniqueName("table")
        let memory = try make(name)
        let error = #expect(throws: DPDKError.self) { try make(name) }
        #expect(error?.code == 17)
        memory.free()
        try make(name).free()
    }

    /// Where a node has none to give, any other does.
    @Test func givenANodeThatIsNotThereTheMemoryIsElsewhere() throws {
        try make(TestEnvironment.uniqueName("table"), numaNode: 7).free()
    }

    @Test func givenNoMemoryTheErrorStatesWhatWasAskedFor() throws {
        var tables: [TableMemory] = []
        defer { for table in tables { table.free() } }
        let error = #expect(throws: DPDKError.self) {
            for _ in 0...(TestEnvironment.megabytes + TestEnvironment.heapMegabytes) / 32 {
                tables.append(try make(TestEnvironment.uniqueName("table"), megabytes: 32))
            }
        }
        #expect(tables.count > 4)
        #expect(error?.code == 12)
        #expect(error?.operation == "take 32 MB for a table")
    }
}
