// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Glibc
import ProcessSupport
import Testing

/// Files that keep whoever opens them waiting, as named pipes and dead file servers do.
@Suite struct BlockedFileTests {
    /// Puts a named pipe, which nobody writes to, in the place of a file.
    private func block(_ path: String) throws {
        unlink(path)
        try #require(mkfifo(path, 0o600) == 0)
    }

    @Test("a reload from a file that blocks fails after a time; the old configuration stays")
    func reload() async throws {
        try await DaemonProcess.with(BusyConfiguration.null()) { daemon in
            let path = daemon.scratch.file("config.yaml")
            try block(path)
            daemon.process.send(SIGHUP)
            let reload = try await FreewayProcess.run(["reload", "--socket", daemon.socket])
            #expect(reload.code == 78 || reload.code == 66, "\(reload)")
            #expect(reload.errors.contains("it kept its reader waiting for 10 s"), "\(reload)")
            #expect(try await daemon.stats().balanced)
            // Once the file is one again, it is read.
            unlink(path)
            try daemon.scratch.write(BusyConfiguration.null(), to: "config.yaml")
            let again = try await FreewayProcess.run(["reload", "--socket", daemon.socket])
            #expect(again.code == 0, "\(again)")
        }
    }

    @Test("SIGTERM ends a daemon with the final ledger while a reload waits for a file that blocks")
    func termination() async throws {
        try await MachineTurn.shared.take {
            let daemon = try await DaemonProcess.start(BusyConfiguration.null())
            try block(daemon.scratch.file("config.yaml"))
            daemon.process.send(SIGHUP)
            let client = try RawClient(daemon.socket)
            client.send("POST /v1/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
            // The request is under way when the next one has been answered.
            #expect(await daemon.notify.receives("STATUS=reloading"))
            _ = try await daemon.stats()
            try await daemon.stop()
        }
    }

    @Test(
        "Ctrl-C ends a program that waits for its configuration",
        arguments: [
            ["run"], ["check"], ["doctor"], ["bench"],
            ["replay", "--in", "left=Tests/Captures/real/zeek-wikipedia.pcap"],
            ["explain", "--in", "left=Tests/Captures/real/zeek-wikipedia.pcap"],
        ])
    func interrupted(words: [String]) async throws {
        let scratch = ScratchFolder()
        let path = scratch.file("config.yaml")
        try block(path)
        let process = try FreewayProcess([words[0], path] + words.dropFirst())
        let isWaiting: Bool? = await firstAnswer { process.hasOpen(path) ? true : nil }
        #expect(isWaiting == true)
        process.send(SIGINT)
        let outcome = try await process.outcome(within: .seconds(20))
        #expect([128 + SIGINT, 130].contains(outcome.code), "\(outcome)")
        #expect(outcome.leftovers == [])
    }

    @Test("a configuration may come from a pipe that somebody writes to")
    func pipe() async throws {
        let outcome = try await FreewayProcess.run(
            ["config/router.yaml"],
            through: ["bash", "-c", "\"$0\" check <(sleep 0.2; cat \"$1\")"])
        #expect(outcome.code == 0, "\(outcome)")
    }

    @Test(
        "Ctrl-C ends a replay whose output is a named pipe that nobody reads",
        arguments: [true, false])
    func outputPipe(hasReader: Bool) async throws {
        let scratch = ScratchFolder()
        let path = scratch.file("out")
        try block(path)
        // A reader that reads nothing: the replay fills the pipe, and waits.
        let reader = hasReader ? open(path, O_RDONLY | O_NONBLOCK) : -1
        defer { if reader >= 0 { close(reader) } }
        let process = try FreewayProcess([
            "replay", "config/router.yaml", "--any-mac", "--loop", "1000", "--in",
            "wan=Tests/Captures/real/zeek-wikipedia.pcap", "--out", "wan=\(path)",
        ])
        if hasReader {
            let isFull: Bool? = await firstAnswer {
                var bytes: Int32 = 0
                _ = ioctl(reader, UInt(FIONREAD), &bytes)
                return bytes >= 1 << 16 ? true : nil
            }
            #expect(isFull == true)
        }
        // With no reader it waits before DPDK starts, or is about to: the signal counts in any case.
        let isWatching: Bool? = await firstAnswer { process.catches(SIGINT) ? true : nil }
        #expect(isWatching == true)
        process.send(SIGINT)
        let outcome = try await process.outcome(within: .seconds(30))
        #expect(outcome.code == 130, "\(outcome)")
        #expect(outcome.leftovers == [])
    }
}

extension FreewayProcess {
    /// Whether one of its descriptors is of a file.
    func hasOpen(_ path: String) -> Bool {
        let files = FileManager.default
        let folder = "/proc/\(pid)/fd"
        return ((try? files.contentsOfDirectory(atPath: folder)) ?? []).contains {
            (try? files.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")) == path
        }
    }

    /// Whether it has a handler for a signal.
    func catches(_ signal: Int32) -> Bool {
        let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("SigCgt:") }
        let mask = line?.split(whereSeparator: \.isWhitespace).last.flatMap {
            UInt64($0, radix: 16)
        }
        return (mask ?? 0) & 1 << UInt64(signal - 1) != 0
    }
}
