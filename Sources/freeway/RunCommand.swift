// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI
import ControlPlane
import Foundation
import FreewayConfiguration
import Logging

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
            and prints the final ledger.
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
            Interruption.watch()
            let configuration = try Configuration.load(path: configuration)
            let yaml = (try? String(contentsOfFile: self.configuration, encoding: .utf8)) ?? ""
            LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
            var logger = Logger(label: "freeway")
            let level = logLevel?.rawValue ?? configuration.log.level.rawValue
            logger.logLevel = Logger.Level(rawValue: level) ?? .info
            var daemon = Daemon(
                configuration: configuration, yaml: yaml,
                socketPath: socket ?? Terminal.environment("FREEWAY_SOCKET")
                    ?? configuration.control.socket,
                version: Version.text, logger: logger)
            daemon.keptDrops = keptDrops.dropSamples
            let final = try await daemon.run(machine: .current())
            Terminal.write(StatsTable(reply: final).rendered(Terminal.style))
            if !final.balanced { throw ExitCode(70) }
        } catch let code as ExitCode {
            throw code
        } catch {
            throw CommandFailure.report(error)
        }
    }
}

/// A level of swift-log, as the command line names it.
enum LogLevel: String, ExpressibleByArgument, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
}
