// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane
import Expectations
import Forwarding
import FreewayConfiguration
import Service
import Synchronization

extension Replay {
    /// The steps in the order in which they happen: by time, then as they are listed.
    package var stepsInOrder: [(index: Int, step: ReplayStep)] {
        func time(_ step: ReplayStep) -> UInt64 {
            if case .at(let time) = step.moment { time } else { .max }
        }
        func isLast(_ step: ReplayStep) -> Int { step.moment == .end ? 1 : 0 }
        return steps.enumerated().map { (index: $0.offset, step: $0.element) }.sorted {
            (isLast($0.step), time($0.step), $0.index) < (isLast($1.step), time($1.step), $1.index)
        }
    }

    /// Finds out before anything runs whether all steps can happen.
    func checkSteps() throws(ForwarderError) {
        var inForce = configuration
        for (index, step) in stepsInOrder {
            if let problem = step.problem(in: configuration) {
                throw ForwarderError(.badConfiguration, "step \(index + 1): \(problem)")
            }
            guard case .reload(let new) = step.action else { continue }
            let obstacles = new.obstacles(replacing: inForce, in: .replay)
            guard obstacles.isEmpty else {
                throw ForwarderError(
                    .badConfiguration, ConfigurationErrors(obstacles).description)
            }
            inForce = new
        }
    }

    /// What the plan must have room for: the largest of all tables.
    var roomiestConfiguration: Configuration {
        var roomiest = configuration
        for step in steps {
            guard case .reload(let new) = step.action else { continue }
            roomiest.memory.routes = max(
                roomiest.memory.routes, Plan.ForwardingTable(new).capacity)
        }
        return roomiest
    }

    /// The times at which the reader waits, counted as those of the inputs.
    /// - Parameter first: the time of the first frame.
    func pauses(first: UInt64) -> [UInt64] {
        stepsInOrder.compactMap { _, step in
            guard case .at(let time) = step.moment else { return nil }
            let (sum, isBeyond) = first.addingReportingOverflow(time)
            return isBeyond ? .max : sum
        }
    }
}

/// Makes the steps of one replay happen. Control thread.
struct ReplayStepRunner {
    let forwarder: Forwarder
    private let status: ForwarderStatus
    private let text: ConfigurationText
    private let time: VirtualTime
    private(set) var answers: [ReplayAnswer] = []

    /// - Parameter start: when the first frame comes in, in the schedule's time.
    init(_ forwarder: Forwarder, version: String, start: UInt64) throws(ForwarderError) {
        let time = VirtualTime(start, epoch: forwarder.schedule?.epoch ?? 0)
        self.forwarder = forwarder
        self.time = time
        let configuration = forwarder.configuration
        do {
            text = try ConfigurationText(
                path: configuration.path, yaml: Self.text(of: configuration), loadedAt: time.now)
        } catch {
            throw ForwarderError(.internalFault, "\(configuration.path): \(error)")
        }
        status = ForwarderStatus(
            forwarder: forwarder, text: text, version: version, clock: { time.now })
    }

    /// Makes a step happen. Nothing may be on its way through the workers.
    /// - Parameter now: in the schedule's time.
    mutating func perform(
        _ step: ReplayStep, index: Int, at now: UInt64
    ) throws(ForwarderError) {
        time.set(now)
        switch step.action {
        case .reload(let configuration):
            do throws(ReloadError) {
                _ = try forwarder.reload(configuration)
            } catch {
                throw ForwarderError(.badConfiguration, error.description)
            }
            do {
                try text.replace(
                    path: configuration.path, yaml: Self.text(of: configuration),
                    loadedAt: time.now)
            } catch {
                throw ForwarderError(.internalFault, "\(configuration.path): \(error)")
            }
        case .link(let port, let isUp): forwarder.setLink(ofPort: port, isUp: isUp)
        case .query(let path): answers.append(try answer(path, index))
        }
    }

    private func answer(_ path: String, _ index: Int) throws(ForwarderError) -> ReplayAnswer {
        let status = status
        do {
            let target = try RequestTarget(path)
            guard let (query, name) = ForwarderStatus.query(target) else {
                throw ForwarderStatus.notServed(target)
            }
            let body = try CallingThread.run { try await query.answer(status, name, target) }
            return ReplayAnswer(
                step: index, path: path,
                reply: try ControlJSON.decode(JSONValue.self, from: body.data))
        } catch {
            throw ForwarderError(.internalFault, "\(path): \(error)")
        }
    }

    /// The configuration's file as it is now: nothing else has its text.
    private static func text(of configuration: Configuration) -> [UInt8] {
        (try? FileReading().contents(of: configuration.path, within: .seconds(5))) ?? []
    }
}

/// The time of a replay, for those who ask what time it is.
private final class VirtualTime: Sendable {
    private let nanoseconds: Atomic<UInt64>
    private let epoch: Int64

    init(_ start: UInt64, epoch: Int64) {
        nanoseconds = Atomic(start)
        self.epoch = epoch
    }

    func set(_ time: UInt64) { nanoseconds.store(time, ordering: .relaxed) }

    var now: Timestamp {
        Timestamp(nanoseconds: nanoseconds.load(ordering: .relaxed), since: epoch)
    }
}
