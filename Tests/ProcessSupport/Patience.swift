// SPDX-License-Identifier: Apache-2.0

/// Asks again and again until the answer is not nil.
/// - Returns: nil when the time is over.
public func firstAnswer<Value>(
    within limit: Duration = .seconds(20), _ ask: () async throws -> Value?
) async rethrows -> Value? {
    let deadline = ContinuousClock.now + limit
    repeat {
        if let value = try await ask() { return value }
        try? await Task.sleep(for: .milliseconds(5))
    } while ContinuousClock.now < deadline
    return nil
}
