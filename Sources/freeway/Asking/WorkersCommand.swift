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
              freeway workers --gaps
              freeway workers --json | jq '.workers[].busyShare'

            BUSY is the share of cycles in rounds that had a frame; FRAMES/ROUND says \
            how full those rounds were. GAP P50, P99 and P99.9 are the lengths of gaps between \
            rounds that that share of all time was in gaps up to; OFF CPU is how long the \
            worker's thread was ready to run while something else had its CPU.
            """)

    @Flag(help: "Show each worker's longest gaps, and what the control plane did then.")
    var gaps = false

    @OptionGroup var options: QueryOptions

    func run() async throws {
        try await options.printReplies(of: .workers) { reply, previous, style in
            gaps
                ? GapsTable(reply: reply).rendered(style)
                : WorkersTable(reply: reply, previous: previous).rendered(style)
        }
    }
}
