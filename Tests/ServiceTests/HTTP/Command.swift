// SPDX-License-Identifier: Apache-2.0

import Foundation
import ProcessSupport

/// A program's run.
struct Command: Sendable {
    let status: Int32
    let output: String

    /// Runs a program that is found in `PATH`, and waits for its end.
    static func run(_ arguments: [String]) async throws -> Command {
        try await onOwnThread {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = arguments
            let pipe = Pipe()
            process.standardOutput = pipe
            process.standardError = FileHandle.nullDevice
            process.standardInput = FileHandle.nullDevice
            try process.run()
            let data = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return Command(
                status: process.terminationStatus, output: String(decoding: data, as: UTF8.self))
        }
    }

    /// `curl` on a socket.
    static func curl(_ socketPath: String, _ arguments: String...) async throws -> Command {
        try await run(
            ["curl", "-sS", "--max-time", "300", "--unix-socket", socketPath] + arguments)
    }
}
