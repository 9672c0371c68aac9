// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import Testing

/// A pool of buffers: what it holds, and what it says when there is no memory for it.
@Suite(.usesEAL) struct MempoolTests {
    @Test(arguments: [Mempool.Packing.packed, .contiguous])
    func givenMoreBuffersThanMemoryTheErrorStatesTheMemoryAndDPDKsWords(
        packing: Mempool.Packing
    ) throws {
        let error = #expect(throws: DPDKError.self) {
            try Mempool(
                name: TestEnvironment.uniqueName("pool"), mbufs: 1_000_000, dataRoom: 2176,
                cache: 0, numaNode: nil, packing: packing)
        }
        // 1,000,000 times 128 + 64 + 2176 bytes.
        #expect(error?.operation.contains("of 1000000 buffers (2258 MB)") == true)
        // ENOMEM or ENOBUFS, by the way in which DPDK looked for the memory.
        #expect([12, 105].contains(error?.code))
    }

    @Test func givenAFailureItsMemoryIsGivenBack() throws {
        let name = TestEnvironment.uniqueName("pool")
        #expect(throws: DPDKError.self) { try makePool(name: name, mbufs: 1_000_000) }
        // The name would be in use and the memory short if anything had stayed.
        let pool = try makePool(name: name, mbufs: 1000)
        pool.free()
    }

    @Test func givenANameInUseTheSecondPoolIsRefused() throws {
        let name = TestEnvironment.uniqueName("pool")
        let pool = try makePool(name: name, mbufs: 63)
        defer { pool.free() }
        let error = #expect(throws: DPDKError.self) { try makePool(name: name, mbufs: 63) }
        #expect(error?.code == 17)
        #expect(error?.operation.contains(name) == true)
    }

    @Test(arguments: [Mempool.Packing.packed, .contiguous])
    func givenBurstsThatEndTheirBuffersComeBack(packing: Mempool.Packing) throws {
        let pool = try makePool(mbufs: 127, packing: packing)
        defer { pool.free() }
        #expect(pool.availableCount == 127)
        do {
            let burst = try fill(from: pool, frames: 50)
            #expect(burst.count == 50)
            #expect(pool.availableCount == 77)
            #expect(pool.inUseCount == 50)
        }
        #expect(pool.availableCount == 127)
        #expect(pool.inUseCount == 0)
    }

    @Test func givenAnEmptyPoolNoFrameIsMade() throws {
        let pool = try makePool(mbufs: 31)
        defer { pool.free() }
        var burst = try fill(from: pool, frames: 31)
        let more = [1, 2, 3].withUnsafeBytes { burst.append(frame: $0, from: pool) }
        #expect(!more)
        #expect(burst.count == 31)
    }

    /// Ordinary pages without packing: no buffer crosses a page, so each starts at the same offset of
    /// its own, and all headers share one set of the first-level cache.
    @Test func givenPackingNoTwoBuffersAreAPageApart() throws {
        #expect(try distances(.packed).allSatisfy { $0 < 4096 })
        #expect(try distances(.contiguous).count { $0 >= 4096 } >= 30)
    }

    private func distances(_ packing: Mempool.Packing) throws -> [Int] {
        let pool = try makePool(mbufs: 63, packing: packing)
        defer { pool.free() }
        let burst = try fill(from: pool, frames: 32)
        let places = (0..<burst.count).map { Int(bitPattern: burst[$0].data) }.sorted()
        return zip(places.dropFirst(), places).map { $0 - $1 }
    }

    private func fill(from pool: Mempool, frames: Int) throws -> Burst {
        var burst = Burst()
        for number in 0..<frames {
            let isAdded = numbered(number).withUnsafeBytes { burst.append(frame: $0, from: pool) }
            try #require(isAdded)
        }
        return burst
    }

    private func makePool(
        name: String? = nil, mbufs: Int, packing: Mempool.Packing = .packed
    ) throws -> Mempool {
        try Mempool(
            name: name ?? TestEnvironment.uniqueName("pool"), mbufs: mbufs, dataRoom: 2176,
            cache: 0,
            numaNode: nil, packing: packing)
    }
}
