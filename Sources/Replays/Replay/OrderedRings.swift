// SPDX-License-Identifier: Apache-2.0

import DPDK
import Dataplane

/// What the workers of a replay send by one port, in the order in which the replay took the frames in, whatever the
/// number of workers. The collector's thread.
///
/// Each worker's ring has its frames in that order. The one in front of all has its turn when no worker can still
/// bring an earlier one: its ring has a frame, or the worker is past that place (``ReplayProgress``). Nobody waits
/// for ever: a worker that waits for room in a ring has sent more frames by it than a burst holds, so all others are
/// past the first of them, or will be without the one that waits.
final class OrderedRings {
    /// What was taken from a worker's ring and not yet given on.
    private final class Front {
        let ring: Ring
        var burst = Burst()
        /// The place up to which the worker was when its ring was empty.
        var passed: UInt64 = 0

        init(_ ring: Ring) { self.ring = ring }
    }

    private let fronts: [Front]

    /// - Parameter rings: one for each worker; they become the value's own.
    init(_ rings: [Ring]) { fronts = rings.map(Front.init) }

    /// Gives the next frames on, as many as follow each other in one ring, and frees them.
    /// - Parameters:
    ///   - progress: nil once the workers have returned.
    ///   - write: gets a burst, of whose frames so many have their turn.
    /// - Returns: how many; 0 where none has its turn now.
    func giveNext(_ progress: ReplayProgress?, to write: (borrowing Burst, Int) -> Void) -> Int {
        var next: (front: Front, place: UInt64)?
        // No frame of another worker is in front of this place.
        var end = UInt64.max
        for (worker, front) in fronts.enumerated() {
            if front.burst.isEmpty {
                // Before the ring is looked at: what the worker sent until then is there.
                front.passed = progress?.finished(by: worker) ?? .max
                _ = front.burst.dequeue(from: front.ring)
            }
            guard !front.burst.isEmpty else {
                end = min(end, front.passed)
                continue
            }
            let place = front.burst[0].replaySequence
            if let other = next {
                end = min(end, max(place, other.place))
                if place >= other.place { continue }
            }
            next = (front, place)
        }
        guard let front = next?.front else { return 0 }
        var count = 0
        while count < front.burst.count, front.burst[count].replaySequence < end { count += 1 }
        if count > 0 { write(front.burst, count) }
        front.burst.removeAndFreeFirst(count)
        return count
    }

    /// Ends the rings, which must be empty.
    func free() {
        for front in fronts { front.ring.free() }
    }
}
