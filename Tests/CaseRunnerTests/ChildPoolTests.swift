// SPDX-License-Identifier: Apache-2.0

import CaseRunner
import Foundation
import Synchronization
import TestSupport
import Testing

/// Real child processes, among them such as crash, hang and flood.
@Suite struct ChildPoolTests {
    private func shell(_ script: String, _ environment: [String: String] = [:]) -> ChildPool.Task {
        ChildPool.Task(
            ["/bin/sh", "-c", script],
            environment: ["PATH": "/usr/bin:/bin"].merging(environment) { $1 })
    }

    /// Outcomes by the number of the task, and the numbers in the order of their ends.
    private func run(
        _ tasks: [ChildPool.Task], width: Int = 2, limit: Duration = .seconds(60)
    ) -> ([ChildOutcome], ended: [Int]) {
        var outcomes: [Int: ChildOutcome] = [:]
        var ended: [Int] = []
        let pool = ChildPool(width: width, limit: limit)
        let ranAll = pool.run(
            tasks,
            finished: {
                #expect(outcomes.updateValue($1, forKey: $0) == nil)
                ended.append($0)
            })
        #expect(ranAll)
        #expect(outcomes.count == tasks.count)
        return (tasks.indices.compactMap { outcomes[$0] }, ended)
    }

    @Test("exit codes, output and the last lines of standard error come back")
    func ends() {
        let outcomes = run([
            shell("echo one; echo two >&2; exit 1"), shell("exit 0"),
            shell("i=0; while [ $i -lt 100 ]; do i=$((i+1)); echo line $i >&2; done"),
        ]).0
        #expect(outcomes[0].end == .exited(1))
        #expect(String(decoding: outcomes[0].output, as: UTF8.self) == "one\n")
        #expect(outcomes[0].lastErrors == ["two"])
        #expect(outcomes[1].end == .exited(0))
        #expect(outcomes[2].lastErrors.count == 20)
        #expect(outcomes[2].lastErrors.last == "line 100")
    }

    @Test("a child that a signal ends is told from one that exits")
    func crash() {
        let outcomes = run([shell("echo near >&2; kill -SEGV $$"), shell("kill -ABRT $$")]).0
        #expect(outcomes[0].end == .signalled(SIGSEGV))
        #expect(outcomes[0].lastErrors == ["near"])
        #expect(outcomes[1].end == .signalled(SIGABRT))
        #expect(ChildOutcome.name(ofSignal: SIGSEGV) == "SIGSEGV (segmentation fault)")
    }

    @Test("a child that hangs is killed when its time is over, also when it ignores signals")
    func hang() {
        let stopwatch = FairStopwatch()
        let outcomes = run(
            [
                shell(
                    "trap '' TERM INT; echo waiting >&2; while :; do read x <&9; done 9<>/dev/zero"),
                shell("exit 3"),
            ], width: 1, limit: .milliseconds(300)
        ).0
        #expect(outcomes[0].end == .timedOut(.milliseconds(300)))
        #expect(outcomes[0].lastErrors == ["waiting"])
        #expect(outcomes[1].end == .exited(3))
        #expect(stopwatch.elapsed < .seconds(30), "\(stopwatch.account)")
    }

    @Test("a child that floods its outputs neither fills the memory nor keeps the others waiting")
    func flood() {
        let outcomes = run(
            [
                shell("while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx >&2; done"),
                shell("exit 0"),
            ],
            limit: .milliseconds(500)
        ).0
        #expect(outcomes[0].end == .timedOut(.milliseconds(500)))
        #expect(outcomes[0].lastErrors.count == 20)
        #expect(outcomes[1].end == .exited(0))
    }

    @Test("a child that closes its outputs and goes on is waited for")
    func silent() {
        let outcomes = run([shell("exec >&- 2>&-; sleep 0.1; exit 5")]).0
        #expect(outcomes[0].end == .exited(5))
    }

    @Test("a grandchild that keeps the outputs open does not outlast the time limit")
    func grandchild() {
        let stopwatch = FairStopwatch()
        // It ends by itself once its standard input, the lifeline, is closed.
        let outcomes = run(
            [shell("exec 3<&0; cat <&3 >/dev/null & exit 0")], limit: .milliseconds(300)
        )
        .0
        #expect(outcomes[0].end == .timedOut(.milliseconds(300)))
        #expect(stopwatch.elapsed < .seconds(30), "\(stopwatch.account)")
    }

    @Test("a program that is not there")
    func missing() {
        let outcomes = run([ChildPool.Task(["/nowhere/freeway"], environment: [:])]).0
        #expect(
            outcomes[0].end
                == .notStarted("/nowhere/freeway: cannot be started: No such file or directory"))
    }

    @Test("as many run at a time as is asked for, and all of them run")
    func width() throws {
        let folder = try TemporaryFolder()
        // Each counts who is there with it; the sum is written when it goes.
        let script = """
            mkdir "$DIR/$$"; n=$(ls "$DIR" | wc -l); echo $n; sleep 0.05; rmdir "$DIR/$$"
            """
        let tasks = (0..<12).map { _ in shell(script, ["DIR": folder.url.path]) }
        let counts = run(tasks, width: 3).0.map {
            Int(String(decoding: $0.output, as: UTF8.self).dropLast()) ?? 99
        }
        #expect(counts.allSatisfy { (1...3).contains($0) }, "\(counts)")
        #expect(counts.max()! > 1, "\(counts)")
    }

    @Test("an interruption ends the children at once and leaves none of them")
    func interruption() throws {
        let folder = try TemporaryFolder()
        let isRequested = Mutex(false)
        var pool = ChildPool(width: 2, limit: .seconds(60))
        pool.isInterrupted = { isRequested.withLock { $0 } }
        var started = 0
        let ranAll = pool.run(
            (0..<4).map { _ in shell("echo $$ > $DIR/$$; exec cat", ["DIR": folder.url.path]) },
            started: { _ in
                started += 1
                if started == 2 { isRequested.withLock { $0 = true } }
            }, finished: { _, _ in Issue.record("none of them ends by itself") })
        #expect(!ranAll)
        #expect(started == 2)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.url.path) {
            #expect(kill(try #require(pid_t(name)), 0) == -1)
        }
    }
}
