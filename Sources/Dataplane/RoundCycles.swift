// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What a worker does in a round, in the order in which a burst goes through it.
public enum RoundPart: Int, CaseIterable, Sendable {
    /// Polling the queues or rings, and counting what came in.
    case receive
    /// Software RSS: finding the owners of flows and handing frames to them.
    case handOff
    case admit, crossConnect, validateIPv4, route, rewrite
    /// Handing frames to the driver or to the worker that owns the queue, and ending the round.
    case transmit

    /// As in JSON.
    public var name: String { "\(self)" }

    @inline(__always)
    init(_ stage: Stage) {
        switch stage {
        case .admit: self = .admit
        case .crossConnect: self = .crossConnect
        case .validateIPv4: self = .validateIPv4
        case .route: self = .route
        case .rewrite: self = .rewrite
        case .transmit: self = .transmit
        }
    }
}

/// Ticks of the time stamp counter that sampled rounds took, by part, and what they did in them.
public struct RoundCycles: Sendable, Equatable {
    private var words: [UInt64]

    init(words: [UInt64]) { self.words = words }

    /// All zero.
    public init() { words = [UInt64](repeating: 0, count: CycleBoard.wordCount) }

    public func ticks(_ part: RoundPart) -> UInt64 { words[part.rawValue] }
    /// Frames that came in during sampled rounds.
    public var frames: UInt64 { words[CycleBoard.framesWord] }
    public var rounds: UInt64 { words[CycleBoard.roundsWord] }

    public static func + (left: RoundCycles, right: RoundCycles) -> RoundCycles {
        RoundCycles(words: zip(left.words, right.words).map { $0 &+ $1 })
    }

    public static func - (left: RoundCycles, right: RoundCycles) -> RoundCycles {
        RoundCycles(words: zip(left.words, right.words).map { $0 &- $1 })
    }
}

/// Where a worker adds up the cycles of its sampled rounds. One writer, any number of readers: each
/// word is up to date, several of them belong together only roughly.
final class CycleBoard: @unchecked Sendable {
    static let partCount = 8
    static let framesWord = 14
    static let roundsWord = 15
    static let wordCount = 16
    /// Where the worker keeps the round that goes on: words that nobody else reads.
    static let currentRound = 16

    let words: UnsafeMutablePointer<Atomic<UInt64>>

    init() {
        let count = Self.currentRound + CycleBoard.partCount
        words = UnsafeMutableRawPointer.allocate(byteCount: count * 8, alignment: 128)
            .bindMemory(to: Atomic<UInt64>.self, capacity: count)
        for index in 0..<count { (words + index).initialize(to: Atomic(0)) }
    }

    deinit { words.deallocate() }

    /// Any thread.
    func read() -> RoundCycles {
        RoundCycles(words: (0..<Self.wordCount).map { words[$0].load(ordering: .relaxed) })
    }
}
