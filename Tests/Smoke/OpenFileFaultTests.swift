// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Glibc
import ProcessSupport
import Testing

/// Few descriptors: what cannot work is refused before it starts, and a daemon that runs out of them gets
/// over it.
@Suite(.serialized) struct OpenFileFaultTests {
    private static func limited(to count: Int) -> [String] {
        ["prlimit", "--nofile=\(count):\(count)"]
    }

    /// Whether it says how many files there may be, and how many are needed.
    private static func isRefusal(_ text: String) -> Bool {
        text.contains(
            #/this process may have \d+ files open at a time, and needs \d+: raise the limit \(ulimit -n \d+, or LimitNOFILE=\d+ of a service\)/#
        )
    }

    @Test(
        "9 to 44 files are too few for a daemon, which says how many it needs",
        arguments: Array(stride(from: 9, through: 44, by: 5)))
    func daemon(count: Int) async throws {
        let scratch = ScratchFolder()
        let config = try scratch.write(BusyConfiguration.null(workers: "1"), to: "config.yaml")
        let outcome = try await FreewayProcess.run(
            ["run", config, "--socket", scratch.file("socket")], through: Self.limited(to: count))
        #expect(outcome.code == 71, "\(outcome)")
        #expect(Self.isRefusal(outcome.errors), "\(outcome)")
        #expect(scratch.names == ["config.yaml"])
        #expect(outcome.leftovers == [])
    }

    @Test(
        "a replay and a suite with few files work, or say how many they need",
        arguments: Array(stride(from: 9, through: 44, by: 3)))
    func replay(count: Int) async throws {
        let scratch = ScratchFolder()
        let output = scratch.file("lan.pcap")
        let replay = try await FreewayProcess.run(
            [
                "replay", "config/router.yaml", "--any-mac", "--in",
                "wan=Tests/Captures/real/zeek-wikipedia.pcap", "--out", "lan=\(output)",
            ], through: Self.limited(to: count))
        #expect([0, 71].contains(replay.code), "\(replay)")
        #expect(replay.code == 0 || Self.isRefusal(replay.errors), "\(replay)")
        #expect(FileManager.default.fileExists(atPath: output) == (replay.code == 0))
        let suite = try await FreewayProcess.run(
            FreewayProcess.test + ["Tests/Cases/route-back-out"], through: Self.limited(to: count))
        #expect([0, 71].contains(suite.code), "\(suite)")
        #expect(suite.code == 0 || Self.isRefusal(suite.errors), "\(suite)")
    }

    @Test("a soft limit that is too low is raised to what the hard one allows")
    func softLimit() async throws {
        try await MachineTurn.shared.take {
            try await DaemonProcess.using(
                BusyConfiguration.null(workers: "1"), through: ["prlimit", "--nofile=20:4096"]
            ) { daemon in
                let stats = try await daemon.stats()
                #expect(stats.balanced)
            }
        }
    }

    @Test("as many files as it asks for are enough, with as many clients as it takes")
    func justEnough() async throws {
        let scratch = ScratchFolder()
        let config = try scratch.write(BusyConfiguration.null(workers: "1"), to: "config.yaml")
        let refused = try await FreewayProcess.run(
            ["run", config, "--socket", scratch.file("socket")], through: Self.limited(to: 9))
        let needed = try #require(
            refused.errors.firstMatch(of: #/ulimit -n (\d+)/#).flatMap { Int($0.1) })
        try await MachineTurn.shared.take {
            try await DaemonProcess.using(
                BusyConfiguration.null(workers: "1"), through: Self.limited(to: needed)
            ) { daemon in
                let idle = try (0..<64).map { _ in try RawClient(daemon.socket) }
                for _ in 0..<10 { #expect(try await daemon.stats().balanced) }
                withExtendedLifetime(idle) {}
            }
        }
    }

    @Test("a daemon that has no descriptor left rests, answers once it has some, and says so")
    func exhausted() async throws {
        try await DaemonProcess.with(BusyConfiguration.null(workers: "1")) { daemon in
            _ = try await daemon.stats()
            let pid = daemon.process.pid
            let limit = try await FreewayProcess.run(
                ["--pid", "\(pid)", "--nofile=\(daemon.openFileCount - 1):1024"],
                program: "prlimit")
            #expect(limit.code == 0, "\(limit)")
            let waiting = try (0..<8).map { _ in try RawClient(daemon.socket) }
            for client in waiting { client.send("GET /v1/version HTTP/1.1\r\nHost: x\r\n\r\n") }
            let hasSaid: Bool? = await firstAnswer {
                daemon.process.errors.contains("no client can connect") ? true : nil
            }
            #expect(hasSaid == true)
            // A thread that spins would take nearly all of this time.
            let before = Self.ticks(ofEventLoopsOf: pid)
            try await Task.sleep(for: .seconds(2))
            #expect(Self.ticks(ofEventLoopsOf: pid) - before < 20, "a fifth of a second at most")
            let unlimited = try await FreewayProcess.run(
                ["--pid", "\(pid)", "--nofile=1024:1024"], program: "prlimit")
            #expect(unlimited.code == 0, "\(unlimited)")
            #expect(try await daemon.stats().balanced)
            for client in waiting where !client.isClosed {
                #expect(try await client.readSome().hasPrefix("HTTP/1.1 200 "))
            }
        }
    }

    /// CPU time in hundredths of a second.
    private static func ticks(ofEventLoopsOf pid: Int32) -> Int {
        let tasks = "/proc/\(pid)/task"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
        return names.reduce(0) { sum, task in
            let text = (try? String(contentsOfFile: "\(tasks)/\(task)/stat", encoding: .utf8)) ?? ""
            guard text.contains("(NIO-") else { return sum }
            // Behind the name: state is the third field, user and system time the 14th and 15th.
            let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
            return sum + (Int(fields[12]) ?? 0) + (Int(fields[13]) ?? 0)
        }
    }
}
