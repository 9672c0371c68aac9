// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CaseRunner
import ControlAPI
import FreewayConfiguration
import Glibc

/// `freeway test`.
struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run cases: captures and what is expected of a configuration.",
        discussion: """
            EXAMPLES:
              freeway test cases/
              freeway test cases/ --workers 1,2,4,8 --junit report.xml
              freeway test cases/ --filter 'nat-*'
              freeway test cases/dns --update

            A case is a folder with freeway.yaml, PORT.in.pcap, PORT.expect.pcap and, where more \
            is to be said, case.yaml, which may have the packets in words instead. All folders \
            below DIR are searched. Each case runs in a process of its own.

            EXIT CODES:
              0 all cases passed · 1 some did not · 64 no case found · 66 DIR cannot be read
              73 a report or an expect file cannot be written · 74 standard output cannot be
              written · 130 interrupted
            """)

    @Argument(help: ArgumentHelp("Where to look for cases.", valueName: "dir"))
    var folders: [String] = []

    @Option(
        help: ArgumentHelp(
            "How many workers; each case runs with each of several: 1,2,4,8.", valueName: "n,…"),
        transform: WorkerCounts.parse)
    var workers = WorkerCounts.one

    @OptionGroup var incoming: IntakeOptions

    @Option(
        parsing: .singleValue,
        help: "Only cases with this in their path or title, or that this pattern (*?[]) matches.")
    var filter: [String] = []

    @Option(help: ArgumentHelp("Write JUnit XML.", valueName: "file"))
    var junit: String?

    @Flag(help: "Print the results in the Test Anything Protocol.")
    var tap = false

    @Flag(help: "Print the results as one JSON object.")
    var json = false

    @Flag(name: .shortAndLong, help: "Also print a line for each case that passes.")
    var verbose = false

    @Flag(help: "Write what left a port to the expect files that differ, and say what changed.")
    var update = false

    @Flag(help: "Like --update, and give each port of the configuration an expect file.")
    var updateAll = false

    @Flag(help: "List routes, next hops, stages and drop reasons that no case exercised.")
    var coverage = false

    @Option(
        help:
            "How many processes run at a time; as many as there are CPUs, and memory for, unless given."
    )
    var jobs: Int?

    @Option(
        help: ArgumentHelp("How long a case may run.", valueName: "duration"),
        transform: TimeLimit.parse)
    var timeout = TimeLimit.standard

    @Option(
        help: ArgumentHelp("Keep what left the ports, in a folder of each case.", valueName: "dir"))
    var keep: String?

    /// How `freeway test` runs one case; prints a `CaseResult`.
    @Option(help: .private)
    var runOne: String?

    /// With `--run-one`: whether failures tell the way of the frames.
    @Flag(help: .private)
    var explain = false

    func validate() throws {
        if let runOne {
            guard folders.isEmpty, workers.counts.count == 1 else {
                throw ValidationError(
                    "--run-one \(runOne) takes one case and one number of workers")
            }
            return
        }
        guard !folders.isEmpty else {
            throw ValidationError("nothing to test: name a folder with cases, as in freeway test .")
        }
        guard jobs.map({ (1...Self.maximumJobs).contains($0) }) ?? true else {
            throw ValidationError("--jobs takes 1 to \(Self.maximumJobs), not \(jobs!)")
        }
        guard !(tap && json) else { throw ValidationError("--tap and --json exclude each other") }
        if update || updateAll, workers.counts != [1] {
            throw ValidationError(
                "--update writes what one worker sends: leave out --workers \(workers)")
        }
    }

    static let maximumJobs = 256

    func run() throws {
        Terminal.goOnUnread()
        do {
            if let runOne {
                try SingleCase(folder: runOne, workers: workers.counts[0], command: self).run()
            } else {
                try Suite(command: self).run()
            }
        } catch let failure as CaseSearch.Failure {
            Terminal.writeError(failure.description)
            throw ExitCode(failure.exitCode)
        } catch let failure as WorkFolder.Failure {
            Terminal.writeError(failure.description)
            throw ExitCode(73)
        } catch let failure as CaseUpdater.Failure {
            Terminal.writeError(failure.description)
            throw ExitCode(73)
        } catch {
            throw CommandFailure.report(error)
        }
    }
}
