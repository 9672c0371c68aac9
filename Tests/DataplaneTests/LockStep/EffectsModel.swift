// SPDX-License-Identifier: Apache-2.0

import EALSupport
import TestSupport

/// What the harness's frames come to, one after the other, without workers, bursts or rings: written from the order
/// law and from what the effects are, for two ports.
struct EffectsModel {
    struct Dropped {
        let place: Int
        let bytes: [UInt8]
    }

    private struct Question {
        let place: Int
        let bytes: [UInt8]
        let port: Int
        let due: UInt64
        let number: Int
    }

    /// By port.
    private(set) var sent: [[[UInt8]]] = [[], []]
    /// In the order in which they were dropped, with their places among the frames that came in.
    private(set) var limited: [Dropped] = []
    private(set) var displaced: [Dropped] = []
    private(set) var answered = 0
    private(set) var waiting = 0
    private var flows: [EffectFrame.Flow: Int] = [:]
    private var destinations: [UInt32: Int] = [:]
    private var announced: [UInt32: UInt32] = [:]
    private var questions: [UInt32: [Question]] = [:]
    private var questionCount = 0
    /// Of the frame that is taken.
    private var place = 0

    /// - Parameters:
    ///   - inputs: by port, each in the order of time.
    ///   - end: when time ends, if it goes on behind the last frame.
    init(_ inputs: [[(time: UInt64, frame: [UInt8])]], end: UInt64? = nil) {
        let frames = inputs.enumerated().flatMap { port, frames in
            frames.enumerated().map { (time: $1.time, port: port, number: $0, bytes: $1.frame) }
        }.sorted { ($0.time, $0.port, $0.number) < ($1.time, $1.port, $1.number) }
        for (place, frame) in frames.enumerated() {
            expire(by: frame.time)
            self.place = place
            take(frame.bytes, from: frame.port, at: frame.time)
        }
        if let end { expire(by: end) }
        waiting = questions.values.reduce(0) { $0 + $1.count }
    }

    private mutating func expire(by time: UInt64) {
        let due = questions.flatMap { host, all in all.map { (host: host, question: $0) } }
            .filter { $0.question.due <= time }
            .sorted {
                ($0.question.due, $0.question.number) < ($1.question.due, $1.question.number)
            }
        for (host, question) in due {
            questions[host]?.removeAll { $0.number == question.number }
            answer(question.bytes, from: question.port, Effect.nobody)
        }
    }

    private mutating func take(_ bytes: [UInt8], from port: Int, at time: UInt64) {
        let frame = EffectFrame(bytes)
        switch frame.effect {
        case .plain: sent[1 - port].append(bytes)
        case .flowLimit:
            flows[frame.flow, default: 0] += 1
            if flows[frame.flow]! <= Effect.mostOfFlow {
                sent[1 - port].append(bytes)
            } else {
                limited.append(Dropped(place: place, bytes: bytes))
            }
        case .destinationLimit: limit(bytes, from: port)
        case .spread:
            for index in 0..<Effect.copies { limit(EffectFrame.copy(of: bytes, index), from: port) }
        case .ask:
            guard let number = announced[frame.destination] else {
                if questions[frame.destination]?.count == Effect.mostWaiting {
                    let oldest = questions[frame.destination]!.removeFirst()
                    displaced.append(Dropped(place: oldest.place, bytes: oldest.bytes))
                }
                questionCount += 1
                questions[frame.destination, default: []].append(
                    Question(
                        place: place, bytes: bytes, port: port, due: time + Effect.patience,
                        number: questionCount))
                return
            }
            answer(bytes, from: port, number)
        case .announce:
            announced[frame.source] = frame.number
            for question in questions.removeValue(forKey: frame.source) ?? [] {
                answer(question.bytes, from: question.port, frame.number)
            }
        }
    }

    private mutating func limit(_ bytes: [UInt8], from port: Int) {
        let destination = EffectFrame(bytes).destination
        destinations[destination, default: 0] += 1
        if destinations[destination]! <= Effect.mostOfDestination {
            sent[1 - port].append(bytes)
        } else {
            limited.append(Dropped(place: place, bytes: bytes))
        }
    }

    private mutating func answer(_ bytes: [UInt8], from port: Int, _ number: UInt32) {
        answered += 1
        sent[port].append(EffectFrame.answer(to: bytes, number))
    }
}
