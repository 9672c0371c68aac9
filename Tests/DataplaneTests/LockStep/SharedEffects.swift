// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import TestSupport

@testable import Dataplane

/// What a frame of the harness asks for, by its UDP destination port: effects of the kinds that neighbours, sessions,
/// limits and bridges have.
enum Effect: UInt16, CaseIterable {
    /// Leaves by the other port.
    case plain = 1000
    /// Leaves by the other port, so often for each flow: decided by the owner of the flow.
    case flowLimit
    /// Leaves by the other port, so often for each destination: decided by the owner of the destination.
    case destinationLimit
    /// Is answered with what its destination last announced, at once or when that comes; after a while with
    /// `nobody`.
    case ask
    /// Makes the number at its end known as its source's, and answers whoever waits for that.
    case announce
    /// Leaves by the other port three times, each copy decided by the owner of another destination.
    case spread

    static let mostOfFlow = 3
    static let mostOfDestination = 5
    /// Nanoseconds that a question waits, and as many questions for each host at a time; the oldest goes.
    static let patience: UInt64 = 50_000
    static let mostWaiting = 3
    static let copies: UInt32 = 3
    /// The UDP destination port of an answer.
    static let answered: UInt16 = 2000
    static let nobody = UInt32.max

    /// Why the harness drops a frame; any reason does.
    static let limited = DropReason.martianSource
    static let displaced = DropReason.unreachable
}

/// A frame of the harness as its stage reads it, at fixed places.
struct EffectFrame {
    let effect: Effect
    let source: UInt32
    let destination: UInt32
    let sourcePort: UInt16
    let number: UInt32

    init(_ bytes: [UInt8]) {
        func word(_ offset: Int) -> UInt32 {
            bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
        source = word(26)
        destination = word(30)
        sourcePort = UInt16(word(34) >> 16)
        effect = Effect(rawValue: UInt16(truncatingIfNeeded: word(34)))!
        number = word(bytes.count - 4)
    }

    /// What frames with one effect have the same of, that are of one flow.
    struct Flow: Hashable {
        let source: UInt32
        let destination: UInt32
        let sourcePort: UInt16
    }

    var flow: Flow { Flow(source: source, destination: destination, sourcePort: sourcePort) }

    /// What an answer consists of: the question, with another port and number.
    static func answer(to bytes: [UInt8], _ number: UInt32) -> [UInt8] {
        var bytes = bytes
        bytes.replaceSubrange(36..<38, with: Frames.big(UInt64(Effect.answered), 2))
        bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: Frames.big(UInt64(number), 4))
        return bytes
    }

    /// A copy to the destination behind, so many.
    static func copy(of bytes: [UInt8], _ index: UInt32) -> [UInt8] {
        var bytes = bytes
        let destination = EffectFrame(bytes).destination &+ index
        bytes.replaceSubrange(30..<34, with: Frames.big(UInt64(destination), 4))
        return bytes
    }
}

/// The harness's stage: what one worker has of the shared effects. Worker's thread.
final class SharedEffects {
    private final class Question {
        var frame = Burst()
        let host: UInt32
        let timer: Int
        let due: UInt64

        init(_ frame: inout Burst, _ host: UInt32, _ timer: Int, due: UInt64) {
            self.frame.append(contentsOf: &frame)
            self.host = host
            self.timer = timer
            self.due = due
        }
    }

    static let timers = 4_096

    private let pool: Mempool
    private var flows: [EffectFrame.Flow: Int] = [:]
    private var destinations: [UInt32: Int] = [:]
    private var announced: [UInt32: UInt32] = [:]
    /// By host, the oldest first.
    private var questions: [UInt32: [Question]] = [:]
    private var byTimer: [Int: Question] = [:]
    private var freeTimers = Array((0..<timers).reversed())
    /// Timers of live workers that came before their time.
    private(set) var early = 0

    init(_ pool: Mempool) { self.pool = pool }

    /// Takes the frames of the burst one after the other.
    func process(_ state: inout WorkerState) {
        var frames = Burst()
        frames.append(contentsOf: &state.burst)
        var front = BurstPositions()
        front.insert(0)
        while !frames.isEmpty {
            var one = Burst()
            frames.move(front, to: &one)
            state.isSecondHop ? decide(&one, &state) : begin(&one, &state)
        }
    }

    private func begin(_ one: inout Burst, _ state: inout WorkerState) {
        let bytes = one[0].bytes
        let frame = EffectFrame(bytes)
        switch frame.effect {
        case .plain: cross(&one, &state)
        case .flowLimit:
            flows[frame.flow, default: 0] += 1
            flows[frame.flow]! <= Effect.mostOfFlow
                ? cross(&one, &state) : drop(&one, Effect.limited, &state)
        case .destinationLimit, .ask: handOn(&one, frame.destination, &state)
        case .announce: handOn(&one, frame.source, &state)
        case .spread:
            state.tallies.add(Tallies.Slot.copied, Int(Effect.copies))
            for index in 0..<Effect.copies {
                var copy = made(EffectFrame.copy(of: bytes, index), like: one[0])
                handOn(&copy, frame.destination &+ index, &state)
            }
            consume(&one, &state)
        }
    }

    private func decide(_ one: inout Burst, _ state: inout WorkerState) {
        let frame = EffectFrame(one[0].bytes)
        switch frame.effect {
        case .destinationLimit, .spread:
            destinations[frame.destination, default: 0] += 1
            destinations[frame.destination]! <= Effect.mostOfDestination
                ? cross(&one, &state) : drop(&one, Effect.limited, &state)
        case .ask:
            if let number = announced[frame.destination] {
                answer(&one, number, &state)
            } else {
                wait(&one, for: frame.destination, &state)
            }
        case .announce:
            announced[frame.source] = frame.number
            consume(&one, &state)
            for question in questions.removeValue(forKey: frame.source) ?? [] {
                release(question, &state)
                answer(&question.frame, frame.number, &state)
            }
        case .plain, .flowLimit: preconditionFailure("has no second hop")
        }
    }

    private func wait(_ one: inout Burst, for host: UInt32, _ state: inout WorkerState) {
        if let oldest = questions[host]?.first, questions[host]?.count == Effect.mostWaiting {
            questions[host]?.removeFirst()
            release(oldest, &state)
            drop(&oldest.frame, Effect.displaced, &state)
        }
        guard let timer = freeTimers.popLast() else {
            return drop(&one, Effect.displaced, &state)
        }
        let due = state.clock.time(of: one[0]) + Effect.patience
        let question = Question(&one, host, timer, due: due)
        questions[host, default: []].append(question)
        byTimer[timer] = question
        state.arm(timer, at: due)
        state.tallies.add(Tallies.Slot.parked, 1)
    }

    private func release(_ question: Question, _ state: inout WorkerState) {
        state.disarm(question.timer)
        byTimer[question.timer] = nil
        freeTimers.append(question.timer)
        state.tallies.add(Tallies.Slot.parked, -1)
    }

    func expired(_ timer: Int, _ state: inout WorkerState) {
        guard let question = byTimer[timer] else { preconditionFailure("an unknown timer") }
        if !state.clock.isVirtual, state.now < question.due { early += 1 }
        questions[question.host]?.removeAll { $0 === question }
        release(question, &state)
        answer(&question.frame, Effect.nobody, &state)
    }

    private func handOn(_ one: inout Burst, _ host: UInt32, _ state: inout WorkerState) {
        one[0].metadata.pointee.bucket = UInt32(truncatingIfNeeded: SplitMix.finalise(UInt64(host)))
        state.handoff.handOn(&one, state.tallies)
    }

    /// Sends the frame by the other of two ports, which the snapshot names.
    private func cross(_ one: inout Burst, _ state: inout WorkerState) {
        send(&one, state.snapshot.pointee.ports[Int(one[0].port)].peer, &state)
    }

    private func answer(_ one: inout Burst, _ number: UInt32, _ state: inout WorkerState) {
        var reply = made(EffectFrame.answer(to: one[0].bytes, number), like: one[0])
        state.tallies.add(Tallies.Slot.generated, 1)
        send(&reply, one[0].port, &state)
        consume(&one, &state)
    }

    private func made(_ bytes: [UInt8], like mbuf: MbufReference) -> Burst {
        var burst = Burst()
        let isMade = bytes.withUnsafeBytes { burst.append(frame: $0, from: pool) }
        precondition(isMade, "the tests' pool has buffers for all frames of a replay")
        burst[0].metadata.pointee = mbuf.metadata.pointee
        burst[0].port = mbuf.port
        return burst
    }

    private func send(_ one: inout Burst, _ port: UInt16, _ state: inout WorkerState) {
        let position = Int(port)
        if state.transmitBuffers[position].room == 0 {
            state.transmitPaths[position].empty(
                &state.transmitBuffers[position], state.tallies, state.control)
        }
        state.transmitBuffers[position].append(contentsOf: &one)
        state.pendingPorts |= 1 << UInt32(position)
    }

    private func drop(_ one: inout Burst, _ reason: DropReason, _ state: inout WorkerState) {
        state.tallies.drop(one, by: nil, because: reason)
        one.removeAll()
    }

    private func consume(_ one: inout Burst, _ state: inout WorkerState) {
        state.tallies.add(Tallies.Slot.consumed, 1)
        one.removeAll()
    }
}
