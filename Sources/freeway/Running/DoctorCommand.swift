// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI
import FreewayConfiguration
import Service

/// `freeway doctor`.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say what is right and wrong with this machine, and how to mend it.",
        discussion: """
            EXAMPLES:
              freeway doctor
              freeway doctor config/nic-10g.yaml
              sudo freeway doctor config/nic-10g.yaml --attach
              freeway doctor --json | jq '.findings[] | select(.state == "bad")'

            With a configuration the machine is judged for that one: its devices, \
            workers and memory. Nothing is changed. The exit code is 1 when something is \
            bad, so that this forwarder cannot run here; --strict counts warnings too.
            """)

    @Argument(help: "The configuration file.", completion: .file(extensions: ["yaml", "yml"]))
    var configuration: String?

    @Flag(
        help: "Attach each device for a moment, as run does, and ask its driver for queues and RSS."
    )
    var attach = false

    @Flag(help: "Exit with 1 on warnings too.")
    var strict = false

    @Flag(help: "Print JSON, one object on one line.")
    var json = false

    func validate() throws {
        if attach && configuration == nil {
            throw ValidationError("--attach asks the devices of a configuration: give one")
        }
    }

    func run() throws {
        Terminal.goOnUnread()
        var report: DoctorReport
        do {
            report = try examine()
        } catch {
            throw CommandFailure.report(error)
        }
        try Terminal.show(report, json: json) { DoctorTable(report: report).rendered($0) }
        if report.state == .bad || (strict && report.state == .warning) { throw ExitCode(1) }
    }

    private func examine() throws -> DoctorReport {
        let machine = Machine.current()
        guard let path = configuration else { return Doctor(machine: machine).examine() }
        let configuration = try Configuration.load(path: path)
        let plan: Plan
        do {
            plan = try Plan(configuration: configuration, machine: machine)
        } catch {
            // The file is good, and this machine is not for it: that is a finding.
            _ = try Plan(configuration: configuration, machine: machine.assuming(configuration))
            var report = Doctor(machine: machine).examine()
            report.findings.append(DoctorReport.Finding("configuration", .bad, "\(error)"))
            return report
        }
        var report = Doctor(configuration, plan: plan, machine: machine).examine()
        if attach { report.findings += DriverInquiry(configuration, plan: plan).findings() }
        return report
    }
}
