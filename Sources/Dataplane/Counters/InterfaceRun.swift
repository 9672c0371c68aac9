// SPDX-License-Identifier: Apache-2.0

/// Frames that leave by one interface one after the other, counted once for each row of them. Worker's thread.
struct InterfaceRun {
    private var interface = InterfaceEntry.none
    private var frames = 0
    private var bytes = 0

    /// Counts what came before when another interface's frame comes.
    @inline(__always) mutating func add(
        _ next: UInt16, bytes more: Int, to counters: InterfaceCounters
    ) {
        if next != interface {
            end(counters)
            interface = next
        }
        frames &+= 1
        bytes &+= more
    }

    @inline(__always) mutating func end(_ counters: InterfaceCounters) {
        if frames != 0 { counters.sent(interface, frames: frames, bytes: bytes) }
        frames = 0
        bytes = 0
    }
}
