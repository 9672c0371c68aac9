// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FreewayConfiguration

/// Numbers of workers, as `--workers 1,2,4,8` names them.
struct WorkerCounts: CustomStringConvertible {
    static let one = WorkerCounts(counts: [1])

    /// In the order given, each once; never empty.
    let counts: [Int]

    /// - Throws: `ValidationError` that says what would be right.
    static func parse(_ argument: String) throws -> WorkerCounts {
        var counts: [Int] = []
        for word in argument.split(separator: ",", omittingEmptySubsequences: false) {
            guard let count = Int(word), (1...Plan.maximumReplayWorkers).contains(count) else {
                throw ValidationError(
                    "--workers takes 1 to \(Plan.maximumReplayWorkers), or several such numbers with "
                        + "commas between them, not \"\(word)\"")
            }
            if !counts.contains(count) { counts.append(count) }
        }
        return WorkerCounts(counts: counts)
    }

    var description: String { counts.map(String.init).joined(separator: ",") }
}
