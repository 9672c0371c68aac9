// SPDX-License-Identifier: Apache-2.0

import DPDK
import Synchronization

/// What the control plane is doing, for a worker whose round came late to write down. The control
/// plane's threads write, in cache lines of their own; workers read when a gap is among the longest.
public final class ControlActivity: @unchecked Sendable {
    /// Something that takes memory bandwidth, locks of the kernel, or workers' cache lines.
    public enum Kind: UInt8, CaseIterable, Sendable {
        /// A whole configuration is put in force: the others may be parts of it.
        case reload
        case buildTables
        /// A snapshot is swapped, and the old one waits until no worker holds it.
        case publish
        /// Many routes are changed at once.
        case routes
        /// Counters are read: for a request, or each second for rates.
        case statistics
        case explain
        /// Dropped frames are read.
        case drops
        /// Devices are asked for their links.
        case links

        /// lowerCamelCase, as in `/v1/workers`.
        public var name: String { "\(self)" }
    }

    /// The kinds under way as bits; then, 16 words on, when each kind was last over, by the time stamp
    /// counter. Writers: threads of the control plane, under `counts`; readers: workers, and any other thread.
    private let words: UnsafeMutablePointer<Atomic<UInt64>>
    private static let ends = 16
    /// How many of each kind are under way.
    private let counts = Mutex([Int](repeating: 0, count: Kind.allCases.count))

    public init() {
        let count = Self.ends + Kind.allCases.count
        words = UnsafeMutableRawPointer.allocate(byteCount: max(256, count * 8), alignment: 128)
            .bindMemory(to: Atomic<UInt64>.self, capacity: count)
        for index in 0..<count { (words + index).initialize(to: Atomic(0)) }
    }

    deinit { words.deallocate() }

    /// Does the work, and says so meanwhile. Any thread but a worker's; kinds may overlap.
    public func during<Value, Failure: Error>(
        _ kind: Kind, _ work: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        begin(kind)
        defer { end(kind) }
        return try work()
    }

    /// What is under way. Any thread.
    public var current: [Kind] { Self.kinds(words[0].load(ordering: .relaxed)) }

    private func begin(_ kind: Kind) {
        counts.withLock { counts in
            counts[Int(kind.rawValue)] += 1
            words[0].bitwiseOr(1 << UInt64(kind.rawValue), ordering: .relaxed)
        }
    }

    private func end(_ kind: Kind) {
        counts.withLock { counts in
            counts[Int(kind.rawValue)] -= 1
            guard counts[Int(kind.rawValue)] == 0 else { return }
            words[Self.ends + Int(kind.rawValue)].store(TimestampCounter.now, ordering: .relaxed)
            words[0].bitwiseAnd(~(1 << UInt64(kind.rawValue)), ordering: .relaxed)
        }
    }

    static func kinds(_ bits: UInt64) -> [Kind] {
        Kind.allCases.filter { bits >> UInt64($0.rawValue) & 1 != 0 }
    }

    /// What a worker reads through: a plain pointer, so that no reference is counted.
    var reader: Reader { Reader(words: words) }

    struct Reader: BitwiseCopyable, @unchecked Sendable {
        fileprivate let words: UnsafeMutablePointer<Atomic<UInt64>>

        /// The kinds, as bits, that are under way or were since a moment of the time stamp counter.
        func bits(since moment: UInt64) -> UInt64 {
            var bits = words[0].load(ordering: .relaxed)
            var kind = 0
            while kind < 16 {
                let end = words[ControlActivity.ends &+ kind].load(ordering: .relaxed)
                if end > moment { bits |= 1 &<< UInt64(truncatingIfNeeded: kind) }
                kind &+= 1
            }
            return bits
        }
    }
}
