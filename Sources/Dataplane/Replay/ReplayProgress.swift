// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// How far each worker of a replay is in the order of its frames, for whoever puts what they send into that order.
///
/// The handle is unowned: `free()` ends the words.
public struct ReplayProgress: @unchecked Sendable {
    private let words: UnsafeMutablePointer<Atomic<UInt64>>
    /// 128 bytes: no cache line has two writers.
    private static let stride = 16

    init(workers: Int) {
        let count = workers * Self.stride
        words = UnsafeMutableRawPointer.allocate(byteCount: count * 8, alignment: 128)
            .bindMemory(to: Atomic<UInt64>.self, capacity: count)
        for index in 0..<count { (words + index).initialize(to: Atomic(0)) }
    }

    func free() { words.deallocate() }

    func word(of worker: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        words + worker * Self.stride
    }

    /// Every frame whose place is below and that is the worker's has left it, or was dropped; of the reading worker
    /// also: is with the worker that owns it. Any thread; what the frames left is there to be seen.
    public func finished(by worker: Int) -> UInt64 {
        word(of: worker).pointee.load(ordering: .acquiring)
    }

    /// The worker's thread, once the frames are where they go.
    func finish(below place: UInt64, by worker: Int) {
        word(of: worker).pointee.store(place, ordering: .releasing)
    }
}
