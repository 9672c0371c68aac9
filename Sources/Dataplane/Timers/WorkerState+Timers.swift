// SPDX-License-Identifier: Apache-2.0

/// What stages do with timers, by the time of `clock`. Worker's thread.
extension WorkerState {
    /// Has a timer come at a time, instead of the one for which it may be armed; one that is past comes soon.
    mutating func arm(_ timer: Int, at time: UInt64) {
        // A frame that is explained brings nothing about.
        guard let timers else { return }
        timers.pointee.arm(timer, at: time)
        deadline = timers.pointee.next ?? .max
    }

    /// Has a timer not come.
    func disarm(_ timer: Int) { timers?.pointee.disarm(timer) }

    /// The next timer of a live worker that is due, which is not armed any more.
    mutating func takeDueTimer() -> Int? {
        guard let timers else { return nil }
        let timer = timers.pointee.takeDue(by: now)
        deadline = timers.pointee.next ?? .max
        return timer
    }
}
