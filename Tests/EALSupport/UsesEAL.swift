// SPDX-License-Identifier: Apache-2.0

public import Testing

/// Starts DPDK before the first test that has the trait, and lets one such test run at a time, over
/// all suites: devices, rings, lcores and the log belong to the process.
public struct UsesEAL: TestTrait, SuiteTrait, TestScoping {
    public let isRecursive = true

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        await Turnstile.shared.enter()
        do {
            _ = try TestEnvironment.pool
            try await function()
        } catch {
            await Turnstile.shared.leave()
            throw error
        }
        await Turnstile.shared.leave()
    }
}

extension Trait where Self == UsesEAL {
    /// For tests that need DPDK.
    public static var usesEAL: Self { UsesEAL() }
}

/// Lets one through at a time, in the order of arrival.
private actor Turnstile {
    static let shared = Turnstile()
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func enter() async {
        guard isTaken else {
            isTaken = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func leave() {
        if waiting.isEmpty {
            isTaken = false
        } else {
            waiting.removeFirst().resume()
        }
    }
}
