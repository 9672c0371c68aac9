// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import TestSupport

/// A run of a program, by default of `freeway`, with a TMPDIR of its own and its output in files, so
/// that nothing waits for a reader.
public final class FreewayProcess: Sendable {
    public let pid: Int32
    private let folder: ScratchFolder
    private let began = Date()
    private let exit: Task<Int32, Never>

    /// - Parameters:
    ///   - wrapper: a program that runs the other one in its place, such as `prlimit` with arguments.
    ///   - environment: variables beside those of the tests.
    public init(
        _ arguments: [String], program: String = FreewayBinary.path, through wrapper: [String] = [],
        environment: [String: String] = [:], directory: String = Repository.root
    ) throws {
        folder = ScratchFolder(isOpen: true)
        let temporary = folder.file("tmp")
        mkdir(temporary, 0o777)
        chmod(temporary, 0o777)
        var variables = ProcessInfo.processInfo.environment
        for name in ["NOTIFY_SOCKET", "FREEWAY_SOCKET", "NO_COLOR"] { variables[name] = nil }
        variables["TMPDIR"] = temporary
        variables.merge(environment) { $1 }
        pid = try Self.spawn(
            ["env", "--chdir=\(directory)"] + wrapper + [program] + arguments,
            variables.map { "\($0)=\($1)" }, folder.file("output"), folder.file("errors"))
        exit = Task { [pid] in
            await withCheckedContinuation { continuation in
                Thread { continuation.resume(returning: Self.wait(for: pid)) }.start()
            }
        }
    }

    /// The words that run cases, with more time for each than on a machine of one's own.
    public static let test = ["test", "--timeout", "10min"]

    /// Runs to the end.
    public static func run(
        _ arguments: [String], program: String = FreewayBinary.path, through wrapper: [String] = [],
        environment: [String: String] = [:], directory: String = Repository.root,
        within limit: Duration = .seconds(120)
    ) async throws -> ProcessOutcome {
        try await FreewayProcess(
            arguments, program: program, through: wrapper, environment: environment,
            directory: directory
        ).outcome(within: limit)
    }

    public func send(_ signal: Int32) { kill(pid, signal) }

    /// Standard output up to now.
    public var output: String { Self.text(folder.file("output")) }
    /// Standard error up to now.
    public var errors: String { Self.text(folder.file("errors")) }

    /// Waits for the end.
    /// - Throws: `TimeLimitExceeded`, after the process was killed.
    public func outcome(within limit: Duration = .seconds(120)) async throws -> ProcessOutcome {
        let watchdog = Task { [pid] in
            let deadline = FairDeadline(after: limit)
            while !deadline.isOver { try await Task.sleep(for: .milliseconds(100)) }
            kill(pid, SIGKILL)
            return deadline.account
        }
        let code = await exit.value
        watchdog.cancel()
        if code == 128 + SIGKILL, let account = try? await watchdog.value {
            throw TimeLimitExceeded(
                description: "process \(pid) did not end: \(account)\n\(output)\n\(errors)")
        }
        return ProcessOutcome(
            pid: pid, code: code, output: output, errors: errors, leftovers: leftovers)
    }

    private var leftovers: [String] {
        let files = FileManager.default
        let temporary = folder.file("tmp")
        let inTemporary = (try? files.contentsOfDirectory(atPath: temporary)) ?? []
        let runtime = ["/run/dpdk", "/tmp/dpdk"].map { "\($0)/freeway-\(pid)" }
        return inTemporary.sorted().filter { $0 != "dpdk" }
            + runtime.filter { path in
                // An older one is of a process that was killed and had the same id.
                let attributes = try? files.attributesOfItem(atPath: path)
                return (attributes?[.modificationDate] as? Date).map { $0 >= began } ?? false
            }
    }

    private static func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    private static func wait(for pid: Int32) -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            if errno != EINTR { return -1 }
        }
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }
}
