// SPDX-License-Identifier: Apache-2.0

import Forwarding
import Replays
import Synchronization

/// The line on a terminal that says how far the program has come, once that takes longer than a second.
final class ProgressLine: Sendable {
    static let shared = ProgressLine()

    private static let interval = Duration.milliseconds(500)
    private let next = Mutex(ContinuousClock.now + .seconds(1))

    /// Shows a text, unless another one was shown a moment ago.
    func show(_ text: @autoclosure () -> String) {
        let now = ContinuousClock.now
        let isDue = next.withLock { next in
            guard now >= next else { return false }
            next = now + Self.interval
            return true
        }
        if isDue { Terminal.showProgress(text()) }
    }

    func show(_ reading: ReadingProgress) {
        show(
            "reading \(reading.name)" + (reading.share.map { ": \(NumberText.percent($0))" } ?? ""))
    }

    func show(_ replay: Replay.Progress) {
        switch replay {
        case .reading(let capture): show(capture)
        case .frames(let done, let total):
            show(
                "\(NumberText.grouped(done)) of \(NumberText.grouped(total)) frames "
                    + "(\(done * 100 / max(1, total)) %)")
        }
    }
}
