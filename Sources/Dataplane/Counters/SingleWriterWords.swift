// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Words that one thread writes and any thread reads in place: each is up to date, several of them belong
/// together only roughly. For all that need not balance; the ledger has its `TallyBoard`.
///
/// The handle is unowned: `free()` ends the words.
struct SingleWriterWords: @unchecked Sendable {
    let words: UnsafeMutablePointer<Atomic<UInt64>>

    /// All zero, on cache lines of their own.
    init(count: Int) {
        words = UnsafeMutableRawPointer.allocate(byteCount: max(128, count * 8), alignment: 128)
            .bindMemory(to: Atomic<UInt64>.self, capacity: count)
        for index in 0..<count { (words + index).initialize(to: Atomic(0)) }
    }

    func free() { words.deallocate() }

    /// The writer's thread.
    @inline(__always)
    func add(_ number: UInt64, to index: Int) { set(index, to: self[index] &+ number) }

    /// The writer's thread.
    @inline(__always)
    func set(_ index: Int, to number: UInt64) { words[index].store(number, ordering: .relaxed) }

    /// Any thread.
    @inline(__always) subscript(index: Int) -> UInt64 { words[index].load(ordering: .relaxed) }
}
