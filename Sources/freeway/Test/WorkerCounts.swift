// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FreewayConfiguration

/// Numbers of workers, as `--workers 1,2,4,8` names them.
struct WorkerCounts: ExpressibleByArgument, CustomStringConvertible {
    static let one = WorkerCounts(counts: [1])

    /// In the order given, each once; never empty.
    let counts: [Int]

    init?(argument: String) {
        var counts: [Int] = []
        for word in argument.split(separator: ",", omittingEmptySubsequences: false) {
            guard let count = Int(word), (1...Plan.maximumReplayWorkers).contains(count) else {
                return nil
            }
            if !counts.contains(count) { counts.append(count) }
        }
        self.init(counts: counts)
    }

    private init(counts: [Int]) { self.counts = counts }

    var description: String { counts.map(String.init).joined(separator: ",") }
    var defaultValueDescription: String { description }
}
