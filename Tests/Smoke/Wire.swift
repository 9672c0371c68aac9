// SPDX-License-Identifier: Apache-2.0

import Foundation
import ProcessSupport
import Testing

/// Frames as they are on a wire: `wire.py` puts them there and reads them, with nothing of Freeway's.
struct Wire: Sendable {
    let hosts: TwoHosts

    private static let tool = Repository.path("Tests/Smoke/wire.py")

    /// A frame in hexadecimal digits, with the name of what is special about it.
    struct Frame: Sendable, Equatable, CustomStringConvertible {
        let name: String
        let bytes: String
        var description: String { "\(name) (\(bytes.utf8.count / 2) bytes)" }
    }

    /// Frames of all kinds that nothing may change on its way.
    static func frames(mtu: Int) async throws -> [Frame] {
        let outcome = try await FreewayProcess.run(
            [tool, "frames", "--mtu", "\(mtu)"], program: "python3")
        try #require(outcome.code == 0, "\(outcome)")
        return outcome.output.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            return words.count == 2 ? Frame(name: String(words[0]), bytes: String(words[1])) : nil
        }
    }

    /// Sends frames from one host and gives what comes out at the other.
    func cross(
        _ frames: [Frame], from host: TwoHosts.Host, to other: TwoHosts.Host
    ) async throws -> [String] {
        try await capture(at: other, count: frames.count) { try await send(frames, from: host) }
    }

    func send(_ frames: [Frame], from host: TwoHosts.Host) async throws {
        let scratch = ScratchFolder()
        let file = try scratch.write(
            frames.map { "\($0.name) \($0.bytes)\n" }.joined(), to: "frames")
        let sent = try await run(["send", "eth0", file], at: host)
        #expect(sent.code == 0 && sent.errors.isEmpty, "\(sent)")
    }

    /// Has the left host send what its card is to finish; gives what a card would make of it, and what
    /// comes out at the right host.
    func finish(_ arguments: [String]) async throws -> (wanted: [String], found: [String]) {
        let preview = try await run(arguments + ["--print"], at: .left)
        let wanted = preview.output.split(separator: "\n").compactMap {
            $0.split(separator: " ").last.map(String.init)
        }
        let found = try await capture(at: .right, count: wanted.count) {
            let sent = try await run(arguments, at: .left)
            #expect(sent.code == 0, "\(sent)")
        }
        return (wanted, found)
    }

    private func run(_ arguments: [String], at host: TwoHosts.Host) async throws -> ProcessOutcome {
        try await FreewayProcess.run(
            [Self.tool] + arguments, program: "python3", through: hosts.inside(host))
    }

    private func capture(
        at host: TwoHosts.Host, count: Int, _ work: () async throws -> Void
    ) async throws -> [String] {
        let process = try FreewayProcess(
            ["-u", Self.tool, "capture", "eth0", "\(count)", "15"], program: "python3",
            through: hosts.inside(host))
        let isReady: Bool? = await firstAnswer { process.output.contains("ready\n") ? true : nil }
        #expect(isReady == true, "\(process.errors)")
        try await work()
        let outcome = try await process.outcome(within: .seconds(60))
        #expect(outcome.code == 0, "\(outcome)")
        return outcome.output.split(separator: "\n").dropFirst().compactMap {
            $0.split(separator: " ").last.map(String.init)
        }
    }
}
