// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// A program on a terminal, which tmux plays: what the screen shows, and how far it has scrolled.
public final class TerminalScreen: Sendable {
    private let scratch = ScratchFolder()
    private let environment: [String: String]

    /// Whether there is a tmux.
    public static let isPossible = isInstalled("tmux")

    /// Whether a program can be found.
    public static func isInstalled(_ program: String) -> Bool {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
    }

    /// Starts the program.
    public init(
        _ words: [String], columns: Int, rows: Int, environment: [String: String] = [:],
        directory: String = Repository.root
    ) async throws {
        self.environment = ["LC_ALL": "C.UTF-8"].merging(environment) { $1 }
        try await tmux(
            [
                "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", "-c", directory, "--",
            ] + words)
    }

    /// The screen's lines, without spaces at their ends; empty once the program has ended.
    public var lines: [String] {
        get async throws {
            let outcome = try await run(["capture-pane", "-p"])
            return outcome.code == 0
                ? outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
                    .map(String.init) : []
        }
    }

    public var text: String {
        get async throws { try await lines.joined(separator: "\n") }
    }

    /// Lines that left the screen at its top.
    public var scrolledLines: Int {
        get async throws {
            let outcome = try await run(["display-message", "-p", "#{history_size}"])
            return Int(outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? -1
        }
    }

    /// Types letters as they are.
    public func type(_ text: String) async throws {
        try await tmux(["send-keys", "-l", text])
    }

    /// Presses a key by tmux's name for it, such as `Tab`, `C-c`, `Enter`.
    public func press(_ key: String) async throws {
        try await tmux(["send-keys", key])
    }

    public func resize(columns: Int, rows: Int) async throws {
        try await tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
    }

    /// Ends the program.
    public func end() async throws {
        _ = try await run(["kill-server"])
    }

    private func tmux(_ words: [String]) async throws {
        let outcome = try await run(words)
        guard outcome.code == 0 else {
            throw TimeLimitExceeded(description: "tmux \(words): \(outcome)")
        }
    }

    private func run(_ words: [String]) async throws -> ProcessOutcome {
        try await FreewayProcess.run(
            ["-u", "-S", scratch.file("tmux"), "-f", "/dev/null"] + words, program: "tmux",
            environment: environment)
    }
}
