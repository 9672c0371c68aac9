// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI

/// Where the running forwarder is that a verb speaks to.
struct ControlSocketOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The forwarder's control socket. (default: $FREEWAY_SOCKET, or "
                + "\(ControlClient.defaultSocketPath))",
            valueName: "path"),
        completion: .file())
    var socket: String?

    func validate() throws {
        if socket?.isEmpty == true {
            throw ValidationError("--socket takes a path, not an empty text")
        }
    }

    /// The client for the socket that the option or the environment names.
    var client: ControlClient {
        ControlClient(
            socketPath: socket ?? Terminal.environment("FREEWAY_SOCKET")
                ?? ControlClient.defaultSocketPath)
    }
}
