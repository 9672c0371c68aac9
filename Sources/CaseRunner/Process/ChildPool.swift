// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Runs child processes, some at a time, on the calling thread: it sleeps until one of them writes, ends
/// or has had its time.
public struct ChildPool {
    /// A program to run.
    public struct Task: Sendable {
        /// The program's path and its arguments.
        public var words: [String]
        public var environment: [String: String]

        public init(_ words: [String], environment: [String: String]) {
            self.words = words
            self.environment = environment
        }
    }

    /// A child that writes more than this to standard output is killed.
    static let maximumOutput = 256 << 20
    /// As much of standard error as is kept, in bytes and in lines.
    static let errorBytes = 1 << 14
    static let errorLines = 20

    /// How many run at a time.
    public var width: Int
    /// The wall time that each may take.
    public var limit: Duration
    /// Asked now and then; once it says so, all children are killed.
    public var isInterrupted: () -> Bool

    public init(width: Int, limit: Duration, isInterrupted: @escaping () -> Bool = { false }) {
        self.width = max(1, width)
        self.limit = limit
        self.isInterrupted = isInterrupted
    }

    private struct Running {
        let index: Int
        var child: ChildProcess
        let began: ContinuousClock.Instant
        var output: [UInt8] = []
        var errors: [UInt8] = []
        var isOverdue = false
    }

    /// Runs the tasks in order, and returns when none of them runs any more.
    ///
    /// - Parameters:
    ///   - started: called with the number of a task when it begins.
    ///   - finished: called with the number of a task when it has ended; not for those that an
    ///     interruption ended.
    /// - Returns: false when it was interrupted.
    public func run(
        _ tasks: [Task], started: (Int) -> Void = { _ in }, finished: (Int, ChildOutcome) -> Void
    ) -> Bool {
        var running: [Running] = []
        var next = 0
        while next < tasks.count || !running.isEmpty {
            if isInterrupted() {
                Self.end(&running)
                return false
            }
            while next < tasks.count, running.count < width {
                start(next, tasks[next], &running, started, finished)
                next += 1
            }
            wait(&running)
            collect(&running, finished)
        }
        return true
    }

    private func start(
        _ index: Int, _ task: Task, _ running: inout [Running], _ started: (Int) -> Void,
        _ finished: (Int, ChildOutcome) -> Void
    ) {
        started(index)
        do throws(ChildProcess.SpawnError) {
            let child = try ChildProcess(task.words, environment: task.environment)
            running.append(Running(index: index, child: child, began: .now))
        } catch {
            finished(
                index,
                ChildOutcome(
                    end: .notStarted(error.description), output: [], lastErrors: [], seconds: 0))
        }
    }

    /// Sleeps until a child has written something or its time is over, but not for long: an interruption
    /// is looked for in between.
    private func wait(_ running: inout [Running]) {
        let now = ContinuousClock.now
        var patience = Duration.milliseconds(200)
        var descriptors: [pollfd] = []
        for item in running {
            patience = min(patience, max(.zero, item.began + limit - now))
            let open = [item.child.output, item.child.errors].filter { $0 >= 0 }
            // A child that closed its outputs says no more when it ends.
            if open.isEmpty { patience = min(patience, .milliseconds(2)) }
            descriptors += open.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        }
        let milliseconds = Int32((patience / .milliseconds(1)).rounded(.up))
        poll(&descriptors, nfds_t(descriptors.count), milliseconds)
    }

    private func collect(_ running: inout [Running], _ finished: (Int, ChildOutcome) -> Void) {
        var position = 0
        while position < running.count {
            drain(&running[position])
            if running[position].began + limit < .now
                || running[position].output.count > Self.maximumOutput,
                !running[position].isOverdue
            {
                running[position].isOverdue = true
                running[position].child.kill()
            }
            let isSilent =
                running[position].child.output < 0 && running[position].child.errors < 0
            // Who holds the outputs of a child that was killed does not matter any more.
            guard isSilent || running[position].isOverdue,
                let status = running[position].child.status(
                    waiting: running[position].isOverdue)
            else {
                position += 1
                continue
            }
            var item = running.remove(at: position)
            drain(&item)
            item.child.closeAll()
            finished(item.index, outcome(item, status))
        }
    }

    /// Takes what is there, and not more than some blocks of it: a child that never stops writing must not
    /// keep the others waiting.
    private func drain(_ item: inout Running) {
        for _ in 0..<16 where item.child.output >= 0 {
            guard let bytes = item.child.readOutput() else { break }
            item.output += bytes
        }
        for _ in 0..<16 where item.child.errors >= 0 {
            guard let bytes = item.child.readErrors() else { break }
            item.errors += bytes
            if item.errors.count > 2 * Self.errorBytes {
                item.errors = Array(item.errors.suffix(Self.errorBytes))
            }
        }
    }

    private func outcome(_ item: Running, _ status: Int32) -> ChildOutcome {
        let signal = status & 0x7f
        let end: ChildOutcome.End =
            if item.isOverdue {
                .timedOut(limit)
            } else {
                signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
            }
        let lines = String(decoding: item.errors.suffix(Self.errorBytes), as: UTF8.self)
            .split(separator: "\n").suffix(Self.errorLines).map(String.init)
        return ChildOutcome(
            end: end, output: item.output, lastErrors: lines,
            seconds: (.now - item.began) / .seconds(1))
    }

    private static func end(_ running: inout [Running]) {
        for item in running { item.child.kill() }
        for var item in running {
            _ = item.child.status(waiting: true)
            item.child.closeAll()
        }
        running = []
    }
}
