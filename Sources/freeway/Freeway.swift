// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The program: one verb for each thing that a user does.
struct Freeway: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "freeway",
        abstract: "The packet forwarder that you can test in CI.",
        discussion: """
            EXAMPLES:
              freeway check config/router.yaml
              freeway replay config/router.yaml --in wan=in.pcap --out lan=out.pcap
              freeway test cases/ --workers 1,2,4,8
              freeway run config/router.yaml
              freeway stats --watch
              freeway reload
              freeway bench

            EXIT CODES:
              0 good · 1 an expectation failed · 64 usage · 65 a capture is malformed
              66 an input cannot be read · 69 no forwarder answers · 70 internal fault
              71 memory or device · 73 an output file cannot be created
              74 standard output cannot be written · 77 permission
              78 bad configuration · 130 interrupted
            """,
        version: Version.text,
        subcommands: [
            RunCommand.self,
            ReplayCommand.self,
            TestCommand.self,
            ExplainCommand.self,
            DiffCommand.self,
            CheckCommand.self,
            StatsCommand.self,
            DropsCommand.self,
            PortsCommand.self,
            InterfacesCommand.self,
            WorkersCommand.self,
            ReloadCommand.self,
            RoutesCommand.self,
            NeighboursCommand.self,
            DoctorCommand.self,
            BenchCommand.self,
        ])
}

/// What `freeway --version` and `/v1/version` say.
enum Version {
    static let text = "0.1.0"
}
