// SPDX-License-Identifier: Apache-2.0

public import Testing

/// Waits until a condition holds, and records an issue when it does not within the patience.
public func wait(
    for what: String, patience: Duration = .seconds(20),
    sourceLocation: SourceLocation = #_sourceLocation, until condition: () -> Bool
) async {
    let clock = ContinuousClock()
    let deadline = clock.now + patience
    while !condition() {
        guard clock.now < deadline else {
            Issue.record("waited \(patience) for \(what)", sourceLocation: sourceLocation)
            return
        }
        try? await clock.sleep(for: .milliseconds(1))
    }
}
