// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import Synchronization
import Testing

/// Lcores run one function at a time, and give its result.
@Suite(.usesEAL) struct LcoreTests {
    @Test(arguments: [120, 127, 128, 100_000] as [UInt32])
    func givenAnLcoreThatDoesNotExistTheErrorNamesIt(index: UInt32) {
        let error = #expect(throws: DPDKError.self) {
            try Lcore(index: index).launch({ _ in 0 }, context: nil)
        }
        #expect(error?.operation == "launch on lcore \(index), which does not exist")
    }

    /// The main lcore is the thread that started DPDK: it runs no loop of DPDK's and waits for none.
    @Test func givenTheMainLcoreNothingIsLaunched() {
        let error = #expect(throws: DPDKError.self) {
            try Lcore(index: 0).launch({ _ in 0 }, context: nil)
        }
        #expect(error?.operation == "launch on lcore 0, which is the main one")
    }

    @Test func workIsDoneOnTheLcoresOwnThread() throws {
        let own = try Lcore(index: 1).perform { () throws(DPDKError) in Lcore.currentThread }
        #expect(own != Lcore.currentThread)
        #expect(try Lcore(index: 1).perform { () throws(DPDKError) in Lcore.currentThread } == own)
        #expect(try Lcore(index: 2).perform { () throws(DPDKError) in Lcore.currentThread } != own)
        let error = #expect(throws: DPDKError.self) {
            try Lcore(index: 1).perform { () throws(DPDKError) in
                throw DPDKError(code: 5, operation: "work", logLine: nil)
            }
        }
        #expect(error?.operation == "work")
    }

    @Test(arguments: [0, 120] as [UInt32])
    func givenAnLcoreWithoutAThreadWorkIsDoneHere(index: UInt32) throws {
        let thread = try Lcore(index: index).perform { () throws(DPDKError) in
            Lcore.currentThread
        }
        #expect(thread == Lcore.currentThread)
    }

    @Test func givenABusyLcoreTheSecondFunctionIsRefused() throws {
        let word = UnsafeMutablePointer<Atomic<Int>>.allocate(capacity: 1)
        word.initialize(to: Atomic(0))
        defer { word.deallocate() }
        let lcore = Lcore(index: 1)
        try lcore.launch(
            { context in
                let word = context!.assumingMemoryBound(to: Atomic<Int>.self)
                while word.pointee.load(ordering: .acquiring) == 0 {}
                return 42
            }, context: word)
        let error = #expect(throws: DPDKError.self) {
            try lcore.launch({ _ in 0 }, context: nil)
        }
        #expect(error?.code == 16)
        word.pointee.store(1, ordering: .releasing)
        #expect(lcore.wait() == 42)
    }
}
