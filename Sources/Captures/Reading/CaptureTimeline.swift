// SPDX-License-Identifier: Apache-2.0

/// The times of a capture's frames as 64-bit numbers that do not decrease, from a second that suits them all.
struct CaptureTimeline {
    /// The second that `times` count from: 1970 wherever that will do.
    private(set) var epoch: Int64 = 0
    /// Nanoseconds since `epoch`.
    private(set) var times: [UInt64] = []
    /// Frames whose time was below their predecessor's, and was raised to it.
    private(set) var earlier = 0

    /// Adds the next frame's time.
    /// - Returns: false when it is more than 584 years after the first, so that no second suits both.
    mutating func add(_ moment: CaptureTime) -> Bool {
        if times.isEmpty, moment.nanoseconds(since: 0) == nil { epoch = moment.seconds }
        if let time = moment.nanoseconds(since: epoch) {
            append(time)
        } else if moment.seconds < epoch {
            // Before the first frame: raised like any other that is earlier.
            append(0)
        } else {
            return beginLater(moment)
        }
        return true
    }

    /// Times that began in 1970's count, and go beyond it: all of them count from the first.
    private mutating func beginLater(_ moment: CaptureTime) -> Bool {
        guard epoch == 0, let first = times.first else { return false }
        let later = Int64(first / 1_000_000_000)
        guard later > 0, let time = moment.nanoseconds(since: later) else { return false }
        for index in times.indices { times[index] -= UInt64(later) * 1_000_000_000 }
        epoch = later
        append(time)
        return true
    }

    private mutating func append(_ time: UInt64) {
        if let last = times.last, time < last {
            earlier += 1
            times.append(last)
        } else {
            times.append(time)
        }
    }
}
