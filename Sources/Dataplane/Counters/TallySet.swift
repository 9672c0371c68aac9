// SPDX-License-Identifier: Apache-2.0

/// The counters of one worker, or the sum over several, at one moment.
public struct TallySet: Sendable {
    private typealias Slot = Tallies.Slot
    private var words: [UInt64]

    init(words: [UInt64]) { self.words = words }

    /// All zero.
    public init() { self.init(count: Slot.count()) }

    init(count: Int) { words = [UInt64](repeating: 0, count: count) }

    public static func + (left: TallySet, right: TallySet) -> TallySet {
        TallySet(words: zip(left.words, right.words).map { $0 &+ $1 })
    }

    func words(_ range: Range<Int>) -> [UInt64] { Array(words[range]) }

    /// When the set was published: ticks of the time stamp counter since the worker started.
    public var ticks: UInt64 { words[Slot.ticks] }

    /// Bursts of at least one frame that came in.
    public var burstsReceived: UInt64 { words[Slot.burstsReceived] }

    public var generated: UInt64 { words[Slot.generated] }
    public var copied: UInt64 { words[Slot.copied] }
    public var punted: UInt64 { words[Slot.punted] }
    public var consumed: UInt64 { words[Slot.consumed] }
    /// Frames in transmit buffers, when the set was published.
    public var inBuffers: UInt64 { words[Slot.inTransit] }
    /// Frames that are kept until something comes that they need to go on.
    public var parked: UInt64 { words[Slot.parked] }
    /// Received frames passed on to the worker that owns their flow.
    public var rxHandedOff: UInt64 { words[Slot.rxHandedOff] }
    public var rxTaken: UInt64 { words[Slot.rxTaken] }
    /// Forwarded frames passed on to the worker that owns the transmit queue.
    public var txHandedOff: UInt64 { words[Slot.txHandedOff] }
    public var txTaken: UInt64 { words[Slot.txTaken] }

    /// Frames and bytes.
    public struct Count: Sendable, Equatable {
        public let frames: UInt64
        public let bytes: UInt64

        static func + (left: Self, right: Self) -> Self {
            Self(frames: left.frames &+ right.frames, bytes: left.bytes &+ right.bytes)
        }

        static func - (left: Self, right: Self) -> Self {
            Self(frames: left.frames &- right.frames, bytes: left.bytes &- right.bytes)
        }
    }

    public func dropped(_ reason: DropReason) -> Count {
        let slot = Slot.drops + 2 * Int(reason.rawValue)
        return Count(frames: words[slot], bytes: words[slot + 1])
    }

    public func received(port: UInt16) -> Count { pair(port, 0) }

    public func transmitted(port: UInt16) -> Count { pair(port, 2) }

    private func pair(_ port: UInt16, _ offset: Int) -> Count {
        let slot = Slot.ports + Slot.wordsPerPort * Int(port) + offset
        return Count(frames: words[slot], bytes: words[slot + 1])
    }

    public var received: Count { sum(received(port:)) }
    public var transmitted: Count { sum(transmitted(port:)) }

    private func sum(_ part: (UInt16) -> Count) -> Count {
        (0..<UInt16(Slot.portCount)).map(part).reduce(Count(frames: 0, bytes: 0), +)
    }

    public var droppedFrames: UInt64 {
        DropReason.allCases.reduce(0) { $0 + dropped($1).frames }
    }

    /// Frames that were put on a ring and not taken from it: only a sum over all workers means
    /// something.
    public var inFlight: UInt64 { (rxHandedOff &- rxTaken) &+ (txHandedOff &- txTaken) }

    /// Frames that go on by themselves: in buffers and rings. Only a sum over all workers means something.
    public var inTransit: UInt64 { inBuffers &+ inFlight }

    /// Whether no frame is on its way: those that are parked wait for something else. Only a sum over all workers means something, and only one
    /// of one moment.
    public var isSettled: Bool {
        rxHandedOff == rxTaken && txHandedOff == txTaken && inBuffers == 0
    }

    /// The sum over all workers, when two readings, one after the other, gave the same for each of them, and
    /// no frame is on its way.
    static func settled(_ first: [TallySet?], then second: [TallySet?]) -> TallySet? {
        var sum = TallySet()
        for (before, after) in zip(first, second) {
            guard let before, let after, before.hasSameFrames(as: after) else { return nil }
            sum = sum + after
        }
        return sum.isSettled ? sum : nil
    }

    /// Whether no frame moved between the two: all is equal but the moment.
    private func hasSameFrames(as other: TallySet) -> Bool {
        words[Slot.generated...].elementsEqual(other.words[Slot.generated...])
    }

    /// The ledger's equation: every frame that came in left by one exit, is in transit or parked.
    ///
    /// For one worker, what it took from others came in and what it handed off went out; over all
    /// workers the difference is what the rings hold.
    public var balances: Bool {
        received.frames &+ generated &+ copied &+ rxTaken &+ txTaken
            == transmitted.frames &+ punted &+ consumed &+ inBuffers &+ parked &+ droppedFrames
            &+ rxHandedOff &+ txHandedOff
    }
}
