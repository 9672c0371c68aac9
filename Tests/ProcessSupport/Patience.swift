// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// Asks again and again until the answer is not nil.
/// - Returns: nil when the time is over.
public func firstAnswer<Value>(
    within limit: Duration = .seconds(20), _ ask: () async throws -> Value?
) async rethrows -> Value? {
    let deadline = FairDeadline(after: limit)
    while true {
        // Asked once more behind the limit: where tests hold all threads a nap lasts for seconds.
        let isLast = deadline.isOver
        if let value = try await ask() { return value }
        if isLast {
            print("no answer: \(deadline.account)")
            return nil
        }
        try? await Task.sleep(for: .milliseconds(5))
    }
}
