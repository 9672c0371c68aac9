// SPDX-License-Identifier: Apache-2.0

import CDPDK
import Synchronization

/// Receives what DPDK logs, in place of stderr and syslog: keeps the last lines for error messages
/// and passes each line on. Any thread.
public final class LogCapture: Sendable {
    public static let shared = LogCapture()

    private struct State {
        var partial = ""
        var lines: [String] = []
        var forward: (@Sendable (String) -> Void)?
    }

    private static let keptLines = 32
    private static let longestLine = 2048

    private let state = Mutex(State())

    /// The newest line, with the name of DPDK's component in front, such as `EAL: `.
    public var lastLine: String? { state.withLock { $0.lines.last } }

    /// The oldest line since `clear()`: where an operation fails in a driver, the driver speaks first
    /// and the layers above it only say that it failed.
    public var firstLine: String? { state.withLock { $0.lines.first } }

    /// Forgets what was logged, so that `lastLine` speaks of the next operation only.
    public func clear() { state.withLock { $0.lines.removeAll() } }

    /// Hands each further line to a function, on the thread that logs it.
    public func forward(to receiver: (@Sendable (String) -> Void)?) {
        state.withLock { $0.forward = receiver }
    }

    /// Takes DPDK's log over. Wraps `rte_openlog_stream`.
    func install() throws(DPDKError) {
        let sink: cdpdk_log_sink = { text, length in
            guard let text else { return }
            let bytes = UnsafeRawBufferPointer(start: text, count: length)
            LogCapture.shared.append(String(decoding: bytes, as: UTF8.self))
        }
        try check(cdpdk_log_capture(sink), "capture DPDK's log")
    }

    func append(_ text: String) {
        let (complete, forward) = state.withLock {
            state -> ([String], (@Sendable (String) -> Void)?) in
            state.partial += text
            var complete: [String] = []
            while let end = state.partial.firstIndex(of: "\n") {
                complete.append(String(state.partial[..<end]))
                state.partial.removeSubrange(...end)
            }
            if state.partial.utf8.count > Self.longestLine { state.partial = "" }
            complete.removeAll(where: \.isEmpty)
            state.lines.append(contentsOf: complete)
            state.lines.removeFirst(max(0, state.lines.count - Self.keptLines))
            return (complete, state.forward)
        }
        if let forward { complete.forEach(forward) }
    }
}
