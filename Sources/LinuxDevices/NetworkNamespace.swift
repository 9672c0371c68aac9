// SPDX-License-Identifier: Apache-2.0

import CLinux
import Foundation
import Synchronization

/// A network namespace that a descriptor names: namespaces(7).
struct NetworkNamespace {
    private let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Does something in the namespace, on a thread that ends with it: one that came back would have to trust
    /// that it may.
    func perform<Value: Sendable>(
        _ work: @escaping @Sendable () throws(LinuxError) -> Value
    ) throws(LinuxError) -> Value {
        let descriptor = self.descriptor
        let outcome = Outcome<Value>()
        let isDone = DispatchSemaphore(value: 0)
        Thread {
            outcome.result.withLock { result in
                guard clinux_enter_network_namespace(descriptor) == 0 else {
                    let error = LinuxError(
                        "look into the network namespace that the interface was moved to")
                    result = .failure(error)
                    return
                }
                do throws(LinuxError) {
                    result = .success(try work())
                } catch {
                    result = .failure(error)
                }
            }
            isDone.signal()
        }.start()
        isDone.wait()
        guard let result = outcome.result.withLock({ $0 }) else {
            throw LinuxError(code: EAGAIN, "make a thread")
        }
        return try result.get()
    }

    private final class Outcome<Value: Sendable>: Sendable {
        let result = Mutex<Result<Value, LinuxError>?>(nil)
    }
}
