// SPDX-License-Identifier: Apache-2.0

/// Where a worker adds up the cycles of its sampled rounds. Writer: the worker; readers: any thread, in place.
struct CycleBoard: Sendable {
    /// The sums by part, then frames and rounds; behind them the parts of the round that goes on, which
    /// nobody else reads.
    let words: SingleWriterWords
    private let partCount: Int

    /// - Parameter partCount: one for each part of a round.
    init(partCount: Int = RoundPart.allCases.count) {
        words = SingleWriterWords(count: 2 * partCount + 2)
        self.partCount = partCount
    }

    func free() { words.free() }

    /// - Parameter part: its index.
    @inline(__always)
    func add(_ ticks: UInt64, toCurrent part: Int) { words.add(ticks, to: partCount &+ 2 &+ part) }

    /// Forgets what the round before had.
    func beginRound() {
        for index in 0..<partCount { words.set(partCount &+ 2 &+ index, to: 0) }
    }

    /// Adds what the round had to the sums.
    func endRound(_ frames: Int) {
        for index in 0..<partCount { words.add(words[partCount &+ 2 &+ index], to: index) }
        words.add(UInt64(truncatingIfNeeded: frames), to: partCount)
        words.add(1, to: partCount &+ 1)
    }

    func read() -> RoundCycles { RoundCycles(words: (0..<partCount + 2).map { words[$0] }) }
}
