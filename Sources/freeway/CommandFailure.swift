// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI
import Forwarding
import FreewayConfiguration
import Service

/// Turns what the modules below throw into lines on standard error and the process's exit code. What ends with a code
/// of its own has said why.
enum CommandFailure {
    static func report(_ error: any Error) -> ExitCode {
        switch error {
        case let code as ExitCode:
            return code
        case let error as ConfigurationErrors:
            // Each line already names the file and the place.
            Terminal.writeLines(error.description)
            return ExitCode(error.kind == .unreadable ? 66 : 78)
        case let error as ForwarderError:
            for line in error.description.split(separator: "\n") {
                Terminal.writeError(String(line))
            }
            return ExitCode(error.code.rawValue)
        case let error as ControlSocketError:
            Terminal.writeError("\(error)")
            return ExitCode(error.exitCode)
        case let error as ControlClientError:
            Terminal.writeError("\(error)")
            return ExitCode(error.exitCode)
        default:
            Terminal.writeError("\(error)")
            return ExitCode(70)
        }
    }
}
