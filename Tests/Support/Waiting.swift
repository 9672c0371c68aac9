// SPDX-License-Identifier: Apache-2.0

public import Testing

/// Waits until a condition holds, and records an issue when it does not within the patience.
public func wait(
    for what: String, patience: Duration = .seconds(20),
    sourceLocation: SourceLocation = #_sourceLocation, until condition: () -> Bool
) async {
    let deadline = FairDeadline(after: patience)
    while !condition() {
        guard !deadline.isOver else {
            Issue.record("\(what): \(deadline.account)", sourceLocation: sourceLocation)
            return
        }
        try? await Task.sleep(for: .milliseconds(1))
    }
}
