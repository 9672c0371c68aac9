// SPDX-License-Identifier: Apache-2.0

import ControlAPI

extension ControlClient {
    /// A client that gives a machine with many other tests on it all the time it needs.
    static func patient(_ socketPath: String) -> ControlClient {
        var client = ControlClient(socketPath: socketPath)
        client.timeLimit = .seconds(60)
        return client
    }

    /// Asks until there is an answer: a server with short limits may not manage at once.
    func waitForAnswer() async throws {
        let deadline = ContinuousClock.now + timeLimit
        while true {
            do {
                _ = try await version()
                return
            } catch ControlClientError.badReply where ContinuousClock.now < deadline {
                continue
            }
        }
    }
}
