// SPDX-License-Identifier: Apache-2.0

public import ControlAPI
import Forwarding
import Foundation
import Glibc

/// The two replays of `freeway diff`, each in a process of this program, and the comparison of what they
/// tell. DPDK starts once in a process, and neither replay must meet the memory of the other.
public struct DiffRun {
    /// A replay that failed: what it wrote on standard error, and its exit code.
    public struct SideFailure: Error, Sendable {
        public let code: Int32
        public let errors: String
    }

    /// Which of the two configurations.
    public enum Side: String, CaseIterable, Sendable {
        case old, new
    }

    /// The paths of the configurations.
    public var old: String
    public var new: String
    /// Ports and their captures.
    public var inputs: [(port: String, path: String)]
    /// Flows that are named in each group.
    public var limit: Int

    public init(
        old: String, new: String, inputs: [(port: String, path: String)], limit: Int
    ) {
        self.old = old
        self.new = new
        self.inputs = inputs
        self.limit = limit
    }

    /// Captures of this size together are replayed at the same time; of larger ones the two sides follow
    /// each other, so that only one needs its memory.
    private static let smallInputs = 64 << 20

    /// Runs both sides and compares.
    /// - Parameter words: the arguments with which this program replays a side, with inputs at these paths, and
    ///   writes what became of the frames to a file, and the replay's notes on standard output as a JSON array.
    /// - Throws: `SideFailure`, also with code 130 after an interruption; `CaptureError`.
    /// - Parameter progress: called now and then with how long a replay has run.
    public func run(
        _ words: (Side, String, [(port: String, path: String)]) -> [String],
        progress: (Duration) -> Void = { _ in }
    ) throws -> DiffReport {
        let folder = try PrivateFolder()
        let files = try DiffInputs(inputs)
        defer { withExtendedLifetime(files) {} }
        var treatments: [Side: String] = [:]
        for side in Side.allCases { treatments[side] = folder.path + "/" + side.rawValue }
        func start(_ side: Side) throws -> SideProcess {
            try SideProcess(words(side, treatments[side] ?? "", files.shared))
        }
        var notes: [String] = []
        if files.byteCount <= Self.smallInputs {
            let processes = try Side.allCases.map(start)
            defer { for process in processes { process.stop() } }
            // Both fail alike where a capture is at fault: told once.
            for process in processes { notes += try files.named { try process.notes(progress) } }
        } else {
            for side in Side.allCases {
                let process = try start(side)
                defer { process.stop() }
                notes += try files.named { try process.notes(progress) }
            }
        }
        var seen: Set<String> = []
        return try TreatmentComparison.report(
            old: (old, treatments[.old] ?? ""), new: (new, treatments[.new] ?? ""),
            inputs: files.shared, limit: limit, notes: notes.filter { seen.insert($0).inserted })
    }
}

/// A process that replays one side.
private final class SideProcess {
    private let process = Process()
    private let output = Pipe()
    private let errors = Pipe()
    /// Nothing is written to it: it ends when this process does.
    private let lifeline = Pipe()

    init(_ words: [String]) throws {
        process.executableURL = URL(
            fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/exe"))
        process.arguments = words
        process.standardInput = lifeline
        // The other side's process must not hold this end.
        _ = fcntl(lifeline.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        process.standardOutput = output
        process.standardError = errors
        try process.run()
    }

    /// Waits for the end. Both outputs are short: they fit into the pipes.
    func notes(_ progress: (Duration) -> Void) throws -> [String] {
        let began = ContinuousClock.now
        while process.isRunning {
            progress(.now - began)
            guard !Interruption.isRequested else {
                throw DiffRun.SideFailure(
                    code: ForwarderError.Code.interrupted.rawValue, errors: "freeway: interrupted\n"
                )
            }
            usleep(2000)
        }
        let said = errors.fileHandleForReading.readDataToEndOfFile()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            let code = process.terminationReason == .exit ? process.terminationStatus : 70
            throw DiffRun.SideFailure(
                code: code,
                errors: said.isEmpty
                    ? "freeway: a replay ended with signal \(process.terminationStatus)\n"
                    : String(decoding: said, as: UTF8.self))
        }
        return try ControlJSON.decode(
            [String].self, from: output.fileHandleForReading.readDataToEndOfFile())
    }

    /// Ends the process, if it still runs, and waits until it has tidied up.
    func stop() {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }
}

extension DiffSide {
    /// From now on this process ends, tidily, when the one that started it does.
    public static func followParent() {
        Interruption.watch()
        Thread {
            var byte: UInt8 = 0
            // The other end of standard input closes with the process that started this one.
            while read(STDIN_FILENO, &byte, 1) != 0 {}
            kill(getpid(), SIGTERM)
        }.start()
    }
}
