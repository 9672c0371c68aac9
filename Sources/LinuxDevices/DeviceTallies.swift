// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What one queue of a device counts beside the frames. The queue's worker writes; anybody reads.
struct DeviceTallies: ~Copyable {
    /// Frames that came in.
    let received = Atomic<UInt64>(0)
    /// Frames that Linux handed over in part, for want of room, and that were given up.
    let cutOff = Atomic<UInt64>(0)
    /// Frames that Linux handed over in one piece for several, and that could not be taken apart.
    let inseparable = Atomic<UInt64>(0)
    /// Frames that were lost since the pool had no buffer.
    let withoutBuffer = Atomic<UInt64>(0)
    /// Frames that Linux refused to send.
    let refused = Atomic<UInt64>(0)

    /// - Parameter number: one of the above. Its only writer.
    @inline(__always) static func add(_ count: Int, to number: borrowing Atomic<UInt64>) {
        number.store(
            number.load(ordering: .relaxed) &+ UInt64(truncatingIfNeeded: count),
            ordering: .relaxed)
    }
}
