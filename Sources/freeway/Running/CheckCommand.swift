// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI
import FreewayConfiguration
import Service

/// `freeway check`.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Judge a configuration and show the plan that follows from it.",
        discussion: """
            EXAMPLES:
              freeway check config/router.yaml
              freeway check config/nic-10g.yaml --host
              freeway check config/router.yaml --json | jq .memory

            The file alone is judged, so that a configuration for another machine can \
            be checked anywhere; --host also looks whether this machine has the CPUs, \
            devices, huge pages and permissions.
            """)

    @Argument(help: "The configuration file.", completion: .file(extensions: ["yaml", "yml"]))
    var configuration: String

    @Flag(help: "Also judge this machine: CPUs, devices, huge pages, permissions.")
    var host = false

    @Flag(help: "Print the plan as JSON.")
    var json = false

    func run() throws {
        Terminal.goOnUnread()
        do {
            let configuration = try Configuration.load(path: configuration)
            let machine = Machine.current()
            let plan = try Plan(
                configuration: configuration,
                machine: host ? machine : machine.assuming(configuration))
            try Terminal.show(plan, json: json) { PlanText(plan: plan).rendered($0) }
            if host, let error = HostCheck(configuration, plan: plan).error { throw error }
        } catch {
            throw CommandFailure.report(error)
        }
    }
}
