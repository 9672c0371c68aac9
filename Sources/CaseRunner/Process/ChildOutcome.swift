// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What a child process did, from its start to its end.
public struct ChildOutcome: Sendable, Equatable {
    public enum End: Sendable, Equatable {
        case exited(Int32)
        case signalled(Int32)
        /// It did not end within its time, and was killed.
        case timedOut(Duration)
        /// It could not be started.
        case notStarted(String)
    }

    public let end: End
    /// All that it wrote to standard output.
    public let output: [UInt8]
    /// The last lines that it wrote to standard error.
    public let lastErrors: [String]
    /// Wall time.
    public let seconds: Double

    /// `SIGSEGV (segmentation fault)`.
    public static func name(ofSignal number: Int32) -> String {
        let text = strsignal(number).map { String(cString: $0).lowercased() } ?? "unknown"
        return names[number].map { "\($0) (\(text))" } ?? "signal \(number) (\(text))"
    }

    /// The C library tells the names in a way that Swift does not see.
    private static let names: [Int32: String] = [
        SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGILL: "SIGILL",
        SIGTRAP: "SIGTRAP", SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE",
        SIGKILL: "SIGKILL", SIGSEGV: "SIGSEGV", SIGPIPE: "SIGPIPE", SIGALRM: "SIGALRM",
        SIGTERM: "SIGTERM", SIGXCPU: "SIGXCPU", SIGSYS: "SIGSYS",
    ]
}
