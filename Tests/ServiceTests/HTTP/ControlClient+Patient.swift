// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import TestSupport

extension ControlClient {
    /// A client that gives a machine with many other tests on it all the time it needs.
    static func patient(_ socketPath: String) -> ControlClient {
        var client = ControlClient(socketPath: socketPath)
        client.timeLimit = .seconds(600)
        return client
    }

    /// Asks until there is an answer: a server with short limits may not manage at once.
    func waitForAnswer() async throws {
        let deadline = FairDeadline(after: .seconds(60))
        while true {
            do {
                _ = try await get(.version)
                return
            } catch ControlClientError.endedEarly where !deadline.isOver {
                continue
            }
        }
    }
}
