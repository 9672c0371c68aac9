// SPDX-License-Identifier: Apache-2.0

import DPDK
import Synchronization

/// What a worker had of the interfaces of ports with VLANs: frames that came in, and frames that were put on their way
/// out. Writer: the worker; readers: any thread, in place.
///
/// Memory that no interface uses is never touched.
struct InterfaceCounters: @unchecked Sendable {
    /// Numbers of interfaces: those of ports, then those of tagged frames.
    static let capacity = Port.limit + 16_000

    private let words: UnsafeMutablePointer<Atomic<UInt64>>
    private static let wordsOfInterface = 4
    private static let bytes = capacity * wordsOfInterface * 8

    /// All zero.
    init() {
        words = zeroPages(of: Atomic<UInt64>.self, count: Self.capacity * Self.wordsOfInterface)
    }

    func free() { freeZeroPages(words, count: Self.capacity * Self.wordsOfInterface) }

    @inline(__always) func received(_ interface: UInt16, frames: Int, bytes: Int) {
        add(interface, 0, frames, bytes)
    }

    @inline(__always) func sent(_ interface: UInt16, frames: Int, bytes: Int) {
        add(interface, 2, frames, bytes)
    }

    @inline(__always)
    private func add(_ interface: UInt16, _ offset: Int, _ frames: Int, _ bytes: Int) {
        let place = words + (Int(interface) &* Self.wordsOfInterface &+ offset)
        store(place, frames)
        store(place + 1, bytes)
    }

    @inline(__always)
    private func store(_ word: UnsafeMutablePointer<Atomic<UInt64>>, _ more: Int) {
        let now = word.pointee.load(ordering: .relaxed)
        word.pointee.store(now &+ UInt64(truncatingIfNeeded: more), ordering: .relaxed)
    }

    func read(_ interface: UInt16) -> InterfaceCount {
        let place = words + Int(interface) * Self.wordsOfInterface
        let values = (0..<Self.wordsOfInterface).map { place[$0].load(ordering: .relaxed) }
        var count = InterfaceCount()
        count.received = TallySet.Count(frames: values[0], bytes: values[1])
        count.sent = TallySet.Count(frames: values[2], bytes: values[3])
        return count
    }

    /// Where it lies, for a test of who writes where.
    var range: Range<UInt> { UInt(bitPattern: words)..<UInt(bitPattern: words) + UInt(Self.bytes) }
}

/// What `InterfaceCounters` said.
public struct InterfaceCount: Sendable, Equatable {
    public init() {}

    public var received = TallySet.Count(frames: 0, bytes: 0)
    /// Put on their way out, with the interface's tags: what the device's queue had no room for is among them.
    public var sent = TallySet.Count(frames: 0, bytes: 0)

    public static func + (left: Self, right: Self) -> Self {
        left.combined(with: right, +)
    }

    public static func - (left: Self, right: Self) -> Self {
        left.combined(with: right, -)
    }

    private func combined(
        with other: Self, _ combine: (TallySet.Count, TallySet.Count) -> TallySet.Count
    ) -> Self {
        var result = Self()
        result.received = combine(received, other.received)
        result.sent = combine(sent, other.sent)
        return result
    }
}
