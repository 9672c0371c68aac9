// SPDX-License-Identifier: Apache-2.0

/// Frames of one interface after the other, counted once for each row of them. Worker's thread.
struct InterfaceRun {
    private var interface = InterfaceEntry.none
    private var frames = 0
    private var bytes = 0

    /// - Parameter count: called with what is to be counted, since another interface's frame comes.
    @inline(__always) mutating func add(
        _ next: UInt16, bytes more: Int, _ count: (UInt16, Int, Int) -> Void
    ) {
        if next != interface {
            end(count)
            interface = next
        }
        frames &+= 1
        bytes &+= more
    }

    @inline(__always) mutating func end(_ count: (UInt16, Int, Int) -> Void) {
        if frames != 0 { count(interface, frames, bytes) }
        frames = 0
        bytes = 0
    }
}
