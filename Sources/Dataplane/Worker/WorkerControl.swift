// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The words through which a worker and the control plane talk: each has one writer, and any number of readers.
struct WorkerControl: @unchecked Sendable {
    enum Command: UInt8 { case run, drain, stop }

    let words: UnsafeMutablePointer<Atomic<UInt64>>
    /// What the worker writes lies 128 bytes behind: no cache line has two writers.
    private static let stateWord = 16
    private static let drainedWord = 17
    private static let threadWord = 18
    private static let heartbeatWord = 19

    init() {
        words = UnsafeMutableRawPointer.allocate(byteCount: 256, alignment: 128)
            .bindMemory(to: Atomic<UInt64>.self, capacity: 32)
        for index in 0..<32 { (words + index).initialize(to: Atomic(0)) }
    }

    func free() { words.deallocate() }

    /// Writer: control thread; reader: the worker, in each turn of housekeeping.
    var command: Command {
        get { Command(rawValue: UInt8(truncatingIfNeeded: words[0].load(ordering: .acquiring)))! }
        nonmutating set { words[0].store(UInt64(newValue.rawValue), ordering: .releasing) }
    }

    /// Writer: control thread; reader: the worker, in each turn of housekeeping.
    var watch: Watch {
        get { Watch(rawValue: UInt8(truncatingIfNeeded: words[1].load(ordering: .relaxed)))! }
        nonmutating set { words[1].store(UInt64(newValue.rawValue), ordering: .relaxed) }
    }

    /// Whether the worker takes nothing more from ports, and has published all that it took. Writer: the worker;
    /// readers: any thread.
    var isDrained: Bool {
        get { words[Self.drainedWord].load(ordering: .acquiring) != 0 }
        nonmutating set { words[Self.drainedWord].store(newValue ? 1 : 0, ordering: .releasing) }
    }

    /// The kernel's id of the worker's thread; 0 until it runs. Writer: the worker; readers: any thread.
    var thread: Int32 {
        get { Int32(truncatingIfNeeded: words[Self.threadWord].load(ordering: .relaxed)) }
        nonmutating set {
            words[Self.threadWord].store(UInt64(UInt32(bitPattern: newValue)), ordering: .relaxed)
        }
    }

    /// Grows at each turn of housekeeping: ticks of the time stamp counter since the worker started. Writer:
    /// the worker; readers: any thread.
    var heartbeat: UInt64 {
        get { words[Self.heartbeatWord].load(ordering: .relaxed) }
        nonmutating set { words[Self.heartbeatWord].store(newValue, ordering: .relaxed) }
    }

    /// Writer: the worker; readers: any thread.
    var state: Worker.State {
        get {
            Worker.State(
                rawValue: UInt8(
                    truncatingIfNeeded: words[Self.stateWord].load(ordering: .acquiring)))!
        }
        nonmutating set {
            words[Self.stateWord].store(UInt64(newValue.rawValue), ordering: .releasing)
        }
    }
}
