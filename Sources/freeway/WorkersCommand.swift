// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI

/// `freeway workers`.
struct WorkersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workers",
        abstract: "Show the running forwarder's workers: CPUs, load, queues.",
        discussion: """
            EXAMPLES:
              freeway workers
              freeway workers --watch
              freeway workers --json | jq '.workers[].busyShare'

            BUSY is the share of cycles in rounds that had a frame; FRAMES/ROUND says \
            how full those rounds were.
            """)

    @OptionGroup var options: QueryOptions

    func run() async throws {
        try await options.printReplies { client async throws(ControlClientError) in
            try await client.workers()
        } as: { reply, previous, style in
            WorkersTable(reply: reply, previous: previous).rendered(style)
        }
    }
}
