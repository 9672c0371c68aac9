// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI
import Forwarding
import Foundation
import FreewayConfiguration
import Logging
import Service

/// `freeway run`.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Forward packets until told to stop.",
        discussion: """
            EXAMPLES:
              freeway run config/cross-connect.yaml --socket /tmp/freeway.sock
              freeway stats --socket /tmp/freeway.sock --watch

            Logs go to standard error. SIGTERM or SIGINT (Ctrl-C) stops the forwarder \
            and prints the final ledger; SIGHUP reads the file again, as freeway reload does.
            """)

    @Argument(help: "The configuration file.", completion: .file(extensions: ["yaml", "yml"]))
    var configuration: String

    @Option(
        help: ArgumentHelp(
            "The control socket, in place of control.socket of the configuration. "
                + "(environment: FREEWAY_SOCKET)", valueName: "path"),
        completion: .file())
    var socket: String?

    @Option(help: "The least important level that is logged, in place of log.level.")
    var logLevel: LogLevel?

    @OptionGroup var keptDrops: DropSamplesOption

    func run() async throws {
        do {
            // Until the file has been read, which may be a pipe that nobody writes to, a signal ends the
            // process at once: there is nothing to tidy up.
            let yaml = try Configuration.contents(of: configuration)
            Interruption.watch()
            let configuration = try Configuration(yaml: yaml, path: configuration)
            // The command line stands in the place of whatever file is read.
            let level = logLevel.flatMap { Configuration.Log.Level(rawValue: $0.rawValue) }
            let settings = LogSettings(configuration.log, level: level)
            let outlet = LogOutlet()
            LoggingSystem.bootstrap { _ in ThresholdLogHandler(settings: settings, outlet: outlet) }
            let logger = Logger(label: "freeway")
            var daemon = try Daemon(
                configuration: configuration, yaml: yaml,
                socketPath: socket ?? Terminal.environment("FREEWAY_SOCKET")
                    ?? configuration.control.socket,
                version: Version.text, logger: logger)
            daemon.keptDrops = keptDrops.dropSamples
            daemon.setLog = { settings.value = $0 }
            daemon.showReading = { ProgressLine.shared.show($0) }
            let outcome = try await daemon.run(machine: .current())
            Terminal.write(StatsTable(reply: outcome.stats).rendered(Terminal.style))
            if !outcome.stats.balanced { throw ExitCode(70) }
            if let fault = outcome.outputFault { throw fault }
        } catch {
            throw CommandFailure.report(error)
        }
    }
}

/// A level of swift-log, as the command line names it.
enum LogLevel: String, ExpressibleByArgument, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
}
