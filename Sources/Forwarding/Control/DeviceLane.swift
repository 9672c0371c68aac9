// SPDX-License-Identifier: Apache-2.0

import Dispatch

/// Where devices are asked and told, one caller after the other, since drivers take one at a time.
///
/// Linux answers a question about an interface once it is done with whatever changes any interface, which may take
/// seconds. So this is beside the control loop, and whoever does not want to wait leaves his question here.
package final class DeviceLane: Sendable {
    private let queue = DispatchQueue(label: "freeway.devices")

    /// Does the work, on the thread that wants it.
    package func perform<Value>(_ work: () throws -> Value) rethrows -> Value {
        try queue.sync(execute: work)
    }

    /// Waits for the work, which another thread does.
    package func ask<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try work() }) }
        }
    }

    /// Has the work done, on another thread.
    func post(_ work: @escaping @Sendable () -> Void) { queue.async(execute: work) }
}
