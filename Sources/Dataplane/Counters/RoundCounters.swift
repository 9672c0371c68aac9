// SPDX-License-Identifier: Apache-2.0

/// What a worker's rounds were like, beside the frames. Writer: the worker; readers: any thread, in place.
struct RoundCounters: Sendable {
    private enum Word: Int, CaseIterable { case rounds, emptyRounds, busyTicks }

    let words = SingleWriterWords(count: Word.allCases.count)

    func free() { words.free() }

    @inline(__always) var rounds: UInt64 { words[Word.rounds.rawValue] }

    @inline(__always) func countRound(isEmpty: Bool) {
        words.add(1, to: Word.rounds.rawValue)
        if isEmpty { words.add(1, to: Word.emptyRounds.rawValue) }
    }

    @inline(__always) func addBusy(ticks: UInt64) { words.add(ticks, to: Word.busyTicks.rawValue) }

    func read() -> RoundCounts {
        var counts = RoundCounts()
        counts.rounds = words[Word.rounds.rawValue]
        counts.emptyRounds = words[Word.emptyRounds.rawValue]
        counts.busyTicks = words[Word.busyTicks.rawValue]
        return counts
    }
}

/// What `RoundCounters` said.
public struct RoundCounts: Sendable, Equatable {
    public var rounds: UInt64 = 0
    /// Rounds in which no frame arrived.
    public var emptyRounds: UInt64 = 0
    /// Ticks of the time stamp counter spent in rounds that had frames.
    public var busyTicks: UInt64 = 0

    public init() {}
}
