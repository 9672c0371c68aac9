// SPDX-License-Identifier: Apache-2.0

/// How well a replay kept to the recorded pace.
public struct ReplayPaceReport: Codable, Sendable, Equatable {
    /// Differences between wanted and achieved times. All but the maximum are right within a sixteenth.
    public struct Differences: Codable, Sendable, Equatable {
        public var medianNanoseconds: UInt64
        public var percentile99Nanoseconds: UInt64
        public var maximumNanoseconds: UInt64

        public init(
            medianNanoseconds: UInt64, percentile99Nanoseconds: UInt64, maximumNanoseconds: UInt64
        ) {
            self.medianNanoseconds = medianNanoseconds
            self.percentile99Nanoseconds = percentile99Nanoseconds
            self.maximumNanoseconds = maximumNanoseconds
        }
    }

    /// How many times faster than recorded.
    public var speed: Double
    /// From the first frame to the last, as the captures and the speed would have it.
    public var wantedSeconds: Double
    public var achievedSeconds: Double
    /// How late frames came in; none is early.
    public var lateness: Differences
    /// By how much the gaps between frames were longer or shorter than wanted.
    public var gapErrors: Differences

    public init(
        speed: Double, wantedSeconds: Double, achievedSeconds: Double, lateness: Differences,
        gapErrors: Differences
    ) {
        self.speed = speed
        self.wantedSeconds = wantedSeconds
        self.achievedSeconds = achievedSeconds
        self.lateness = lateness
        self.gapErrors = gapErrors
    }
}
