// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import TestSupport
import Testing

/// Random sequences of everything that bursts can do, held against plain arrays.
@Suite(.usesEAL) struct BurstModelTests {
    @Test(arguments: [1, 2, 3, 0xb0b] as [UInt64])
    func givenAnySequenceOfOperationsTheFramesAreWhereArraysSay(seed: UInt64) throws {
        let pool = try TestEnvironment.pool
        let before = pool.availableCount
        try run(seed: seed, steps: 2000)
        #expect(pool.availableCount == before, "frames leaked")
    }

    private func run(seed: UInt64, steps: Int) throws {
        var random = SeededGenerator(seed: seed)
        let ring = try Ring(name: TestEnvironment.uniqueName("ring"), slots: 128, numaNode: nil)
        defer { ring.free() }
        let bursts = UnsafeMutablePointer<Burst>.allocate(capacity: 3)
        for index in 0..<3 { (bursts + index).initialize(to: Burst()) }
        defer {
            bursts.deinitialize(count: 3)
            bursts.deallocate()
        }
        var model = [[UInt32]](repeating: [], count: 3)
        var queue: [UInt32] = []
        var next = 0

        for _ in 0..<steps {
            let one = Int.random(in: 0..<3, using: &random)
            let other = (one + 1) % 3
            switch Int.random(in: 0..<7, using: &random) {
            case 0:
                let count = Int.random(in: 0...bursts[one].room, using: &random)
                try bursts[one].add((next..<next + count).map(numbered))
                model[one] += (next..<next + count).map(UInt32.init)
                next += count
            case 1 where bursts[other].room >= bursts[one].count:
                let divisor = UInt32.random(in: 1...5, using: &random)
                var gone = BurstPositions()
                for index in 0..<bursts[one].count
                where !bursts[one][index].bytes.lastNumber.isMultiple(of: divisor) {
                    gone.insert(index)
                }
                bursts[one].move(gone, to: &bursts[other])
                model[other] += model[one].filter { !$0.isMultiple(of: divisor) }
                model[one].removeAll { !$0.isMultiple(of: divisor) }
            case 2 where bursts[other].room >= bursts[one].count:
                bursts[other].append(contentsOf: &bursts[one])
                model[other] += model[one]
                model[one] = []
            case 3:
                let moved = bursts[one].enqueue(on: ring)
                #expect(moved == min(model[one].count, ring.capacity - queue.count))
                queue += model[one].prefix(moved)
                model[one].removeFirst(moved)
            case 4:
                let taken = bursts[one].dequeue(from: ring)
                #expect(taken == min(queue.count, Burst.capacity - model[one].count))
                model[one] += queue.prefix(taken)
                queue.removeFirst(taken)
            case 5
            where bursts[other].room >= bursts[one].count
                && bursts[(one + 2) % 3].room >= bursts[one].count:
                let third = (one + 2) % 3
                bursts[one].distribute { mbuf, _ in
                    bursts + (mbuf.bytes.lastNumber.isMultiple(of: 2) ? other : third)
                }
                model[other] += model[one].filter { $0.isMultiple(of: 2) }
                model[third] += model[one].filter { !$0.isMultiple(of: 2) }
                model[one] = []
            case 6 where Int.random(in: 0..<8, using: &random) == 0:
                bursts[one].removeAll()
                model[one] = []
            default: break
            }
            for index in 0..<3 { try #require(bursts[index].numbers == model[index]) }
            try #require(ring.count == queue.count)
        }
    }
}
