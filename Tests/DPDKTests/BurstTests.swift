// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import Testing

/// A burst owns its frames: none leaks, none is freed twice, order is kept.
@Suite(.usesEAL) struct BurstTests {
    @Test func givenABurstThatEndsItsFramesAreFreed() throws {
        let pool = try TestEnvironment.pool
        let before = pool.availableCount
        do {
            let burst = try Burst.of((0..<64).map(numbered))
            #expect(pool.availableCount == before - 64)
            #expect(burst.room == 0)
        }
        #expect(pool.availableCount == before)
    }

    @Test func givenAFullBurstNoFrameIsAdded() throws {
        let pool = try TestEnvironment.pool
        var burst = try Burst.of((0..<64).map(numbered))
        let isAdded = numbered(64).withUnsafeBytes { burst.append(frame: $0, from: pool) }
        #expect(!isAdded)
        #expect(burst.numbers == Array(0..<64))
    }

    @Test(arguments: [TestEnvironment.dataByteCount + 1, 65_536])
    func givenAFrameLongerThanABufferItIsRefusedAndNothingLeaks(length: Int) throws {
        let pool = try TestEnvironment.pool
        let before = pool.availableCount
        var burst = Burst()
        let frame = [UInt8](repeating: 1, count: length)
        #expect(!frame.withUnsafeBytes { burst.append(frame: $0, from: pool) })
        #expect(burst.count == 0)
        #expect(pool.availableCount == before)
    }

    @Test func givenAFrameAsLongAsABufferItIsWhole() throws {
        let frame = (0..<TestEnvironment.dataByteCount).map { UInt8(truncatingIfNeeded: $0) }
        let burst = try Burst.of([frame])
        #expect(burst.frames == [frame])
        #expect(burst.byteCount == 2048)
    }

    @Test func moveTakesTheFramesAtPositionsInOrderAndTheOthersCloseUp() throws {
        var burst = try Burst.of((10..<20).map(numbered))
        var others = try Burst.of([numbered(1)])
        burst.move(positions([0, 1, 3, 4, 6, 7, 9]), to: &others)
        #expect(burst.numbers == [12, 15, 18])
        #expect(others.numbers == [1, 10, 11, 13, 14, 16, 17, 19])
    }

    @Test func moveOfNoneAndOfAllWorksUpToTheCapacity() throws {
        var burst = try Burst.of((0..<Burst.capacity).map(numbered))
        var others = Burst()
        burst.move(BurstPositions(), to: &others)
        #expect(burst.count == Burst.capacity && others.isEmpty)
        burst.move(.all, to: &others)
        #expect(burst.isEmpty && others.numbers == (0..<Burst.capacity).map(UInt32.init))
    }

    @Test func positionsCloseUpAsTheFramesDo() {
        var some = positions([0, 2, 5, 63])
        #expect(some.closingUp(without: positions([2, 4])) == positions([0, 3, 61]))
        #expect(some.closingUp(without: BurstPositions()) == some)
        #expect(some.closingUp(without: .all).isEmpty)
        #expect(some.popFirst() == 0 && some == positions([2, 5, 63]))
        #expect(some.contains(63) && !some.contains(62))
    }

    private func positions(_ numbers: [Int]) -> BurstPositions {
        var set = BurstPositions()
        for number in numbers { set.insert(number) }
        return set
    }

    @Test func distributeKeepsTheOrderWithinEachDestination() throws {
        var burst = try Burst.of((0..<9).map(numbered))
        let bursts = UnsafeMutablePointer<Burst>.allocate(capacity: 3)
        for index in 0..<3 { (bursts + index).initialize(to: Burst()) }
        defer {
            bursts.deinitialize(count: 3)
            bursts.deallocate()
        }
        burst.distribute { mbuf, _ in bursts + Int(mbuf.bytes.last! % 3) }
        #expect(burst.count == 0)
        #expect(bursts[0].numbers == [0, 3, 6])
        #expect(bursts[2].numbers == [2, 5, 8])
    }

    @Test func appendMovesTheFramesBehindThoseThatAreThere() throws {
        var first = try Burst.of([numbered(1), numbered(2)])
        var second = try Burst.of([numbered(3)])
        first.append(contentsOf: &second)
        #expect(first.numbers == [1, 2, 3])
        #expect(second.count == 0)
    }

    @Test func bytesAreCountedFromAPosition() throws {
        let burst = try Burst.of([[1], [1, 2], [1, 2, 3, 4]])
        #expect(burst.byteCount == 7)
        #expect(burst.byteCount(from: 1) == 6)
        #expect(burst.byteCount(from: 3) == 0)
    }

    /// net_ring takes 1,023 frames: what it leaves stays in the burst, in order.
    @Test func givenADriverThatTakesAPartTheRestStays() throws {
        let loop = try TestPort.loop()
        defer { loop.close() }
        var sent = 0
        while sent < 1000 {
            var burst = try Burst.of((sent..<sent + 50).map(numbered))
            #expect(burst.transmit(port: loop.index, queue: 0) == 50)
            sent += 50
        }
        var burst = try Burst.of((1000..<1050).map(numbered))
        #expect(burst.transmit(port: loop.index, queue: 0) == 23)
        #expect(burst.numbers == Array(1023..<1050))
        #expect(burst.transmit(port: loop.index, queue: 0) == 0)
        #expect(burst.count == 27)

        var received: [UInt32] = []
        var taken = Burst()
        while taken.receive(port: loop.index, queue: 0) > 0 {
            received += taken.numbers
            taken.removeAll()
        }
        #expect(received == Array(0..<1023))
    }

    @Test func receiveStaysBelowItsLimitAndTheRoom() throws {
        let loop = try TestPort.loop()
        defer { loop.close() }
        var sent = try Burst.of((0..<64).map(numbered))
        _ = sent.transmit(port: loop.index, queue: 0)
        var burst = try Burst.of((100..<160).map(numbered))
        #expect(burst.receive(port: loop.index, queue: 0, limit: 3) == 3)
        #expect(burst.receive(port: loop.index, queue: 0) == 1)
        #expect(burst.receive(port: loop.index, queue: 0) == 0)
        #expect(burst.numbers.suffix(5) == [159, 0, 1, 2, 3])
        burst.removeAll()
        #expect(burst.receive(port: loop.index, queue: 0) == 60)
    }
}
