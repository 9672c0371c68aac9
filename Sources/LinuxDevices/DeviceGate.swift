// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// Lends a worker what it reads or writes frames with, and takes it away when the device behind it goes:
/// the worker never waits, and what was lent is not used any more once it was taken back.
///
/// One worker enters and leaves; one control thread replaces.
struct DeviceGate: ~Copyable {
    private let current = Atomic<UInt>(0)
    private let isInside = Atomic<Bool>(false)

    /// Worker's thread: what to work with until ``leave()``; nil while there is nothing.
    @inline(__always) func enter() -> UnsafeMutableRawPointer? {
        // Both are sequentially consistent: whoever replaces sees that the worker is inside, or the worker
        // sees what replaced.
        isInside.store(true, ordering: .sequentiallyConsistent)
        return UnsafeMutableRawPointer(
            bitPattern: current.load(ordering: .sequentiallyConsistent))
    }

    /// Worker's thread.
    @inline(__always) func leave() { isInside.store(false, ordering: .releasing) }

    /// Control thread: lends something else, or nothing. What was lent before may be freed on return.
    func replace(by new: UnsafeMutableRawPointer?) {
        current.store(UInt(bitPattern: new), ordering: .sequentiallyConsistent)
        // A system call or two of the worker's; longer only when the kernel does not run it.
        while isInside.load(ordering: .sequentiallyConsistent) { usleep(50) }
    }
}
