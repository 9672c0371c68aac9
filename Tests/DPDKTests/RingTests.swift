// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import Testing

/// A ring between two threads keeps order and ownership.
@Suite(.usesEAL) struct RingTests {
    @Test(arguments: [-8, 0, 1, 3, 1000, 1 << 33])
    func givenASizeThatIsNoPowerOfTwoTheErrorNamesIt(slots: Int) throws {
        let error = #expect(throws: DPDKError.self) {
            try Ring(name: TestEnvironment.uniqueName("ring"), slots: slots, numaNode: nil)
        }
        #expect(error?.operation.contains("of \(slots) slots") == true)
    }

    @Test func givenANameInUseTheSecondRingIsRefused() throws {
        let name = TestEnvironment.uniqueName("ring")
        let ring = try Ring(name: name, slots: 8, numaNode: nil)
        defer { ring.free() }
        let error = #expect(throws: DPDKError.self) {
            try Ring(name: name, slots: 8, numaNode: nil)
        }
        #expect(error?.code == 17)
    }

    @Test func aRingHoldsOneFewerThanItsSlotsInOrder() throws {
        let ring = try Ring(name: TestEnvironment.uniqueName("ring"), slots: 8, numaNode: nil)
        defer { ring.free() }
        #expect(ring.capacity == 7)
        var burst = try Burst.of((0..<10).map(numbered))
        #expect(burst.enqueue(on: ring) == 7)
        #expect(burst.numbers == [7, 8, 9])
        #expect(ring.count == 7)
        #expect(burst.dequeue(from: ring) == 7)
        #expect(burst.numbers == [7, 8, 9, 0, 1, 2, 3, 4, 5, 6])
        #expect(burst.dequeue(from: ring) == 0)
    }

    @Test func givenARingThatIsFreedItsFramesAreToo() throws {
        let pool = try TestEnvironment.pool
        let before = pool.availableCount
        let ring = try Ring(name: TestEnvironment.uniqueName("ring"), slots: 256, numaNode: nil)
        for _ in 0..<3 {
            var burst = try Burst.of((0..<64).map(numbered))
            #expect(burst.enqueue(on: ring) == 64)
        }
        #expect(pool.availableCount == before - 192)
        ring.free()
        #expect(pool.availableCount == before)
    }
}
