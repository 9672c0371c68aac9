// SPDX-License-Identifier: Apache-2.0

import Dispatch

/// Asks devices, one caller after the other, on a thread that nobody else needs.
///
/// Linux answers a question about an interface once it is done with whatever changes any interface, which
/// may take seconds. The concurrency pool has a thread for each CPU: two such questions would stop all of the
/// control plane on a small machine.
struct DeviceQueue: Sendable {
    private let queue = DispatchQueue(label: "freeway.devices")

    func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try work() }) }
        }
    }
}
