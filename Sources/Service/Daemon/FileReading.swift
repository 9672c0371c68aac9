// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
package import FreewayConfiguration
import Synchronization

/// Reads configuration files on a thread that nobody waits for without end: a file of a server that is gone
/// keeps whoever opens it, and lets no signal through. Any thread.
package final class FileReading: Sendable {
    private enum State {
        case waiting
        case done(Result<[UInt8], ConfigurationErrors>)
        case givenUp
    }

    private final class Attempt: Sendable {
        let state = Mutex(State.waiting)
        let isDone = DispatchSemaphore(value: 0)
    }

    /// So many readings may be stuck, each with its thread.
    private static let mostAtOnce = 4
    private let underWay = Mutex(0)

    package init() {}

    /// The bytes of a file.
    /// - Throws: `ConfigurationErrors` when it cannot be read, or not within the time.
    package func contents(of path: String, within limit: Duration) throws(ConfigurationErrors)
        -> [UInt8]
    {
        let isFull = underWay.withLock { count in
            guard count < Self.mostAtOnce else { return true }
            count += 1
            return false
        }
        guard !isFull else {
            throw Self.failure(
                path, "\(Self.mostAtOnce) earlier readings still wait for their file")
        }
        let attempt = Attempt()
        Thread.detachNewThread {
            let result = Result { () throws(ConfigurationErrors) in
                try Configuration.contents(of: path, within: limit)
            }
            attempt.state.withLock { if case .waiting = $0 { $0 = .done(result) } }
            self.underWay.withLock { $0 -= 1 }
            attempt.isDone.signal()
        }
        // A pipe is given up by its reader, which then has a moment to say so.
        _ = attempt.isDone.wait(timeout: .now() + limit / .seconds(1) + 1)
        let result: Result<[UInt8], ConfigurationErrors>? = attempt.state.withLock { state in
            if case .done(let result) = state { return result }
            state = .givenUp
            return nil
        }
        guard let result else { throw Self.failure(path, Configuration.slowness(limit)) }
        return try result.get()
    }

    private static func failure(_ path: String, _ reason: String) -> ConfigurationErrors {
        ConfigurationErrors(
            kind: .unreadable, [Diagnostic(path: path, message: "cannot be read: \(reason)")])
    }
}
