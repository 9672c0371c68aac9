// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CaseRunner
import ControlAPI
import Glibc

/// `freeway test --run-one FOLDER`: the process in which one case runs with one number of workers.
struct SingleCase {
    let folder: String
    let workers: Int
    let command: TestCommand

    /// Prints a `CaseResult`.
    /// - Throws: `ExitCode` 1 unless the case passed.
    func run() throws {
        Lifeline.watch()
        var options = CaseExecution.Options()
        options.recordsCoverage = command.coverage
        options.tellsJourneys = command.explain
        options.needsExpectation = !command.updateAll
        options.version = Version.text
        options.intake = command.incoming.intake
        let scratch = command.keep == nil ? try WorkFolder() : nil
        var result = CaseExecution(
            folder, workers: workers, outputs: command.keep ?? scratch!.path, options: options
        ).run()
        if command.explain {
            noteDisagreement(&result)
        } else if result.verdict == .failed, command.keep != nil {
            // DPDK starts once in a process: another one, in the place of this, tells why.
            explainAfterwards()
        }
        Terminal.write(try ControlJSON.text(result))
        guard result.verdict == .passed else { throw ExitCode(1) }
    }

    /// The stages are compiled a second time for a recorder, and must not do anything else for it.
    private func noteDisagreement(_ result: inout CaseResult) {
        guard result.verdict == .passed else { return }
        result.verdict = .failed
        result.failures.append(
            CaseFailure(
                .frames,
                text: "failed, and passed when it ran once more to tell the frames' way; this is a "
                    + "fault of Freeway: please report it"))
    }

    /// Runs the same case again with journeys recorded, which the run that judges goes without: it is
    /// the production loop, to the instruction. Returns when that cannot be.
    private func explainAfterwards() {
        let words = CommandLine.arguments + ["--explain"]
        var pointers = words.map { strdup($0) }
        pointers.append(nil)
        execv("/proc/self/exe", pointers)
        for pointer in pointers { free(pointer) }
    }
}
