// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane
import Glibc
import Logging
import Synchronization

/// Tells systemd twice in each `WatchdogSec` that all is well, which it is told only then: since it was told
/// last, the control socket has answered a question, and each worker's heart has beaten. Otherwise the message
/// waits until both have happened, and systemd ends and restarts a forwarder that keeps it waiting. It looks in steps
/// of the control loop, which therefore goes on, too.
final class SystemdWatchdog: Sendable {
    private let notifier: SystemdNotifier
    /// How often systemd is told.
    private let interval: Duration
    private let listener: ControlListener
    private let workers: [Worker]
    private let logger: Logger
    private let answer = Answer()
    private let state: Mutex<State>

    private struct State {
        var beats: [UInt64]
        var due = ContinuousClock.now
        var isLate = false
    }

    init(
        notifier: SystemdNotifier, interval: Duration, listener: ControlListener,
        workers: [Worker], logger: Logger
    ) {
        self.notifier = notifier
        self.interval = interval
        self.listener = listener
        self.workers = workers
        self.logger = logger
        // The workers have begun before: systemd hears at once that it has something to rely on.
        state = Mutex(State(beats: workers.map { $0.heartbeat &- 1 }))
    }

    /// How often it wants to look.
    var lookInterval: Duration { min(.milliseconds(100), interval / 4) }

    func look() {
        let now = ContinuousClock.now
        state.withLock { state in
            guard now >= state.due else { return }
            ask()
            let still = workers.filter { $0.heartbeat == state.beats[$0.index] }
            if still.isEmpty, answer.take() {
                // Whoever listens may keep a sender waiting.
                Task { [notifier] in notifier.keepAlive() }
                if state.isLate { logger.notice("all is well again, and systemd knows it") }
                state.isLate = false
                state.beats = workers.map(\.heartbeat)
                state.due = now + interval
            } else if !state.isLate, now >= state.due + interval / 2 {
                state.isLate = true
                logger.error("systemd is not told that all is well: \(reason(still))")
            }
        }
    }

    private func reason(_ still: [Worker]) -> String {
        guard !still.isEmpty else { return "the control socket does not answer" }
        let names = still.map { String($0.index) }.joined(separator: ", ")
        return "worker \(names) ended no round since it was told last"
    }

    /// Puts a question to the socket as any client does, unless one is under way.
    private func ask() {
        // Where somebody removed the file, or put another one there, nobody can be asked. That is told and mended
        // elsewhere, and no reason to stop forwarding.
        guard listener.isInPlace else { return answer.give() }
        guard answer.begin() else { return }
        var client = ControlClient(socketPath: listener.path)
        client.timeLimit = max(.seconds(1), interval)
        Task { [client, answer] in
            let reply = try? await client.get(.version)
            answer.end(reply?.pid == getpid())
        }
    }

    /// Whether the control socket has answered.
    private final class Answer: Sendable {
        private let state = Mutex((isAsking: false, isGiven: false))

        /// - Returns: whether there is anything to ask.
        func begin() -> Bool {
            state.withLock { state in
                guard !state.isAsking, !state.isGiven else { return false }
                state.isAsking = true
                return true
            }
        }

        func end(_ isGiven: Bool) {
            state.withLock { $0 = (false, isGiven) }
        }

        func give() {
            state.withLock { $0.isGiven = true }
        }

        /// - Returns: whether there was one; another one is needed from now on.
        func take() -> Bool {
            state.withLock { state in
                defer { state.isGiven = false }
                return state.isGiven
            }
        }
    }
}
