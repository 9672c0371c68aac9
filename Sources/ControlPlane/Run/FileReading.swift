// SPDX-License-Identifier: Apache-2.0

import Dispatch
import FreewayConfiguration
import Synchronization

/// Reads configuration files on a thread that nobody waits for without end: opening a named pipe waits for
/// a writer, and a file of a server that is gone for the server. Any thread.
///
/// One file is read at a time. Where one keeps its reader waiting, those that come after it wait behind it, and
/// leave no thread of their own.
final class FileReading: Sendable {
    private let queue = DispatchQueue(label: "freeway.files")

    private enum State {
        case waiting
        case done(Result<[UInt8], ConfigurationErrors>)
        case givenUp
    }

    private final class Attempt: Sendable {
        let state = Mutex(State.waiting)
        let isDone = DispatchSemaphore(value: 0)
    }

    /// The bytes of a file.
    /// - Throws: `ConfigurationErrors` when it cannot be read, or not within the time.
    func contents(of path: String, within limit: Duration) throws(ConfigurationErrors) -> [UInt8] {
        let attempt = Attempt()
        queue.async {
            guard attempt.state.withLock({ if case .givenUp = $0 { false } else { true } }) else {
                return
            }
            let result = Result { () throws(ConfigurationErrors) in
                try Configuration.contents(of: path)
            }
            attempt.state.withLock { if case .waiting = $0 { $0 = .done(result) } }
            attempt.isDone.signal()
        }
        _ = attempt.isDone.wait(timeout: .now() + limit / .seconds(1))
        let result: Result<[UInt8], ConfigurationErrors>? = attempt.state.withLock { state in
            if case .done(let result) = state { return result }
            state = .givenUp
            return nil
        }
        guard let result else {
            throw ConfigurationErrors(
                kind: .unreadable,
                [
                    Diagnostic(
                        path: path,
                        message: "cannot be read: it kept its reader waiting for "
                            + "\(Int(limit / .seconds(1))) s, as a named pipe without a writer does, or "
                            + "a file system whose server is gone")
                ])
        }
        return try result.get()
    }
}
