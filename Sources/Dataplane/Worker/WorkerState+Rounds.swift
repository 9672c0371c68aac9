// SPDX-License-Identifier: Apache-2.0

import DPDK

/// What a round adds to the counters beside frames.
extension WorkerState {
    /// Reads the clock: the time since the last reading was busy when a round since then had frames, and
    /// a gap worth counting when it was long.
    ///
    /// While every round takes a full burst only each fourth one reads it, some three microseconds
    /// apart: the reading takes as long as half a frame.
    @inline(__always) mutating func readClock() {
        if fullRounds & 3 != 0 { return }
        let time = TimestampCounter.now
        let elapsed = time &- now
        if elapsed >= gapThreshold { gaps.note(elapsed, until: time) }
        if wasBusy {
            rounds.addBusy(ticks: elapsed)
            wasBusy = false
        }
        now = time
    }

    /// - Parameter frames: that came in.
    @inline(__always) mutating func count(round frames: Int) {
        rounds.countRound(isEmpty: frames == 0)
        fullRounds = frames >= Burst.capacity ? fullRounds &+ 1 : 0
        if frames != 0 {
            wasBusy = true
            hasNews = true
        }
    }
}
