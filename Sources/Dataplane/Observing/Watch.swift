// SPDX-License-Identifier: Apache-2.0

/// Who watches a worker's rounds: one word, set by the control plane, taken over by housekeeping and looked
/// at once a round. Another watcher is a case here and a type that is a `RoundWatcher`.
public enum Watch: UInt8, Sendable {
    case nobody
    /// One round of 256, for where its cycles go.
    case cycles
    /// Each round, for what the stages do with each frame.
    case journeys

    /// - Returns: the frames that came in.
    @inline(__always)
    func round<Source: FrameSource>(_ state: inout WorkerState, _ source: Source.Type) -> Int {
        switch self {
        case .nobody: NoObserver.round(&state, source)
        case .cycles: RoundClock.round(&state, source)
        case .journeys: JourneyRecorder.round(&state, source)
        }
    }
}

/// Has a worker do a round while it watches. Worker's thread.
///
/// All but `NoObserver` do so out of line: the loop stays as small as if nobody ever watched.
protocol RoundWatcher: StageObserver {
    /// - Returns: the frames that came in.
    static func round<Source: FrameSource>(
        _ state: inout WorkerState, _ source: Source.Type
    ) -> Int
}
