// SPDX-License-Identifier: Apache-2.0

/// Tells from one worker's heartbeat whether it is stuck in a round. Whoever looks says when, so that
/// no clock is read here.
struct StallDetector: Sendable {
    /// What a look found out.
    enum Event: Sendable, Equatable {
        case stalled(Duration)
        case recovered(Duration)
    }

    /// A worker whose heart does not beat for this long is stalled: rounds take microseconds, and the
    /// heart beats each 256.
    static let patience = Duration.seconds(1)
    /// The most that one look adds: when it comes late, the whole process may not have run.
    static let longestLook = Duration.milliseconds(200)

    private var heartbeat: UInt64?
    private var last: ContinuousClock.Instant?
    /// Since the last beat.
    private(set) var silence = Duration.zero
    private var isStalled = false

    /// How long the worker has been stalled; nil while all is well.
    var stalledFor: Duration? { isStalled ? silence : nil }

    mutating func look(_ beat: UInt64, at now: ContinuousClock.Instant) -> Event? {
        let elapsed = last.map { min(max(.zero, now - $0), Self.longestLook) } ?? .zero
        last = now
        guard beat == heartbeat else {
            heartbeat = beat
            defer {
                isStalled = false
                silence = .zero
            }
            return isStalled ? .recovered(silence + elapsed) : nil
        }
        silence += elapsed
        guard !isStalled, silence >= Self.patience else { return nil }
        isStalled = true
        return .stalled(silence)
    }
}
