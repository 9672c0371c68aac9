// SPDX-License-Identifier: Apache-2.0

import Captures
import ControlAPI
import Foundation
import ProcessSupport
import Testing

/// `freeway bench`. Nothing here looks at how fast it was.
@Suite(.serialized) struct BenchCommandTests {
    @Test(
        "impossible arguments are refused with what would be right",
        arguments: [
            (["--seconds", "0"], "--seconds takes more than 0, up to 3600, not 0.0"),
            (["--seconds", "nan"], "--seconds takes more than 0"),
            (["--seconds", "3601"], "up to 3600"),
            (["--workers", "17"], "--workers takes 1 to 16, not 17"),
            (["--workers", "0"], "--workers takes 1 to 16, not 0"),
            (["--frames", "0"], "--frames takes 1 to"),
            (["--frames", "9", "--seconds", "1"], "exclude each other"),
            (["--workload", "rout"], "did you mean \"route\"?"),
            (["--workload", "crosconnect"], "did you mean \"cross-connect\"?"),
            (["--workload", "route", "--workload", "route"], "names route twice"),
            (["--workload", "config"], "goes with a configuration file"),
            (["--workload", "hand-off", "--workers", "1"], "takes 2 workers or more"),
            (["--workload", "imix", "--capture", "x.pcap"], "leave --capture away"),
            (["--save-capture", "x.pcap"], "takes one workload"),
            (["--workload", "route", "--pages", "hug"], "'auto', 'huge' or 'ordinary'"),
        ])
    func impossible(words: [String], message: String) async throws {
        let outcome = try await FreewayProcess.run(["bench"] + words)
        #expect(outcome.code == 64)
        #expect(outcome.errors.contains(message), "\(outcome)")
        #expect(outcome.output.isEmpty)
    }

    @Test("a built-in workload does not go with a file, and the file's workloads are named")
    func builtInWithFile() async throws {
        let outcome = try await FreewayProcess.run([
            "bench", Repository.path("config/router.yaml"), "--workload", "route",
        ])
        #expect(outcome.code == 64)
        #expect(outcome.errors.contains("with one there are config, imix"))
    }

    @Test("errors of the configuration are those of check")
    func badConfiguration() async throws {
        let scratch = ScratchFolder()
        let path = try scratch.write("version: 1\nforward: rout\n", to: "config.yaml")
        let bench = try await FreewayProcess.run(["bench", path])
        let check = try await FreewayProcess.run(["check", path])
        #expect(bench.code == 78)
        #expect(bench.errors == check.errors)
    }

    @Test("a configuration that would drop every frame is refused")
    func forwardsNothing() async throws {
        let scratch = ScratchFolder()
        let path = try scratch.write(
            """
            version: 1
            forward: route
            memory: {pages: ordinary}
            ports: {wan: {device: "pci:0000:3b:00.0", addresses: [192.0.2.1/24]}}
            routes: [{to: 0.0.0.0/0, via: 192.0.2.2}]

            """, to: "config.yaml")
        let outcome = try await FreewayProcess.run(["bench", path, "--frames", "1"])
        #expect(outcome.code == 78)
        #expect(outcome.errors.contains("no route leads to neighbours whose MAC addresses"))
    }

    @Test("a capture that is none, is missing or is empty is refused by name")
    func badCaptures() async throws {
        let scratch = ScratchFolder()
        let none = try scratch.write("no capture", to: "none.pcap")
        let empty = try scratch.write("", to: "empty.pcap")
        for (path, code, text) in [
            (none, 65, "not a pcap"), (scratch.file("missing.pcap"), 66, "No such file"),
            (empty, 65, "is empty"),
        ] as [(String, Int32, String)] {
            let outcome = try await FreewayProcess.run([
                "bench", "--workload", "route", "--capture", path, "--frames", "1",
            ])
            #expect(outcome.code == code, "\(outcome)")
            #expect(outcome.errors.contains(path) && outcome.errors.contains(text))
        }
    }

    @Test("a capture whose frames are dropped gives no figures, but the ledger, and 70")
    func droppedFrames() async throws {
        let outcome = try await measured([
            "--workload", "route", "--frames", "1000", "--capture",
            Repository.capture("real/zeek-wikipedia.pcap"),
        ])
        #expect(outcome.code == 70)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("can be forwarded"))
        #expect(outcome.errors.contains("ipv6NotHandled"))
    }

    @Test(
        "every workload forwards all its frames, and says where the cycles went",
        arguments: [
            ("cross-connect", ["crossConnect", "receive", "transmit"], 1, 0, 1_024),
            ("route-1", routing, 1, 1, 8_192), ("route", routing, 1, 1_000, 8_192),
            ("ecmp", routing, 1, 1_000, 8_192), ("imix", routing, 1, 1_000, 8_184),
            ("hand-off", routing + ["handOff"], 2, 1_000, 8_192),
            ("vlan", routing, 1, 1_000, 8_192),
        ])
    func workload(
        name: String, stages: [String], workers: Int, prefixes: Int, frames: Int
    ) async throws {
        let outcome = try await measured(
            ["--workload", name, "--frames", "300000", "--pages", "ordinary", "--json"])
        try #require(outcome.code == 0, "\(outcome)")
        let report = try outcome.decoded(BenchReport.self)
        #expect(report.schemaVersion == 2 && !report.interrupted)
        let result = try #require(report.workloads.first)
        #expect(report.workloads.count == 1 && result.name == name)
        #expect(result.workers == workers && result.prefixes == prefixes)
        #expect(result.differentFrames == frames)
        #expect(result.ledger.isBalanced && result.ledger.totalDropped == 0)
        #expect(result.ledger.transmitted >= 300_000 && result.ledger.inTransit == 0)
        #expect(result.packets >= 300_000)
        #expect(result.stages.keys.sorted() == stages.sorted())
        #expect(result.stages.values.allSatisfy { $0 > 0 })
        #expect(result.packetsPerBurst == 64)
        // 84 bytes a small frame with FCS, preamble and gap; IMIX has 361.8 and 20 in the mean.
        #expect(
            abs(result.wireBytesPerFrame - (name == "imix" ? 381.83 : name == "vlan" ? 88 : 84)) < 1
        )
        #expect(abs(result.tenGigabit64 - result.mpps / 14.881) < 0.01 * result.tenGigabit64)
        #expect(abs(result.tenGigabitIMIX - result.mpps / 3.274) < 0.01 * result.tenGigabitIMIX)
        #expect(outcome.leftovers.isEmpty)
    }

    private static let routing = [
        "admit", "receive", "rewrite", "route", "transmit", "validateIPv4",
    ]

    @Test("--no-stages looks at no stage, and the JSON has the documented keys")
    func withoutStages() async throws {
        let outcome = try await measured(
            ["--workload", "route", "--frames", "1000", "--no-stages", "--json"])
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect(object.keys.sorted() == ["interrupted", "notes", "schemaVersion", "workloads"])
        let workload = try #require((object["workloads"] as? [[String: Any]])?.first)
        #expect(
            workload.keys.sorted() == [
                "cyclesPerPacket", "differentFrames", "floating", "interrupted", "ledger", "mpps",
                "name", "nanosecondsPerPacket", "notes", "packets", "packetsPerBurst", "pages",
                "prefixes", "seconds", "stages", "tenGigabit64", "tenGigabitIMIX", "ticksPerSecond",
                "wireBytesPerFrame", "workers",
            ])
        #expect((workload["stages"] as? [String: Double])?.isEmpty == true)
    }

    @Test("the frames are different, the same every time, and fit to be fed again")
    func frames() async throws {
        let scratch = ScratchFolder()
        let paths = [scratch.file("one,two.pcap"), scratch.file("again.pcap")]
        for path in paths {
            let outcome = try await measured(
                ["--workload", "route", "--frames", "1", "--save-capture", path])
            #expect(outcome.code == 0, "\(outcome)")
        }
        let bytes = try paths.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
        #expect(bytes[0] == bytes[1])
        let reader = try CaptureReader(path: paths[0])
        var seen: Set<[UInt8]> = []
        while let frame = try reader.next() { seen.insert(Array(frame.bytes)) }
        #expect(seen.count == 8_192)
        #expect(seen.allSatisfy { $0.count == 60 })
        let again = try await measured([
            "--workload", "route", "--capture", paths[0], "--frames", "100000", "--json",
        ])
        let report = try again.decoded(BenchReport.self)
        #expect(report.workloads.first?.differentFrames == 8_192)
        #expect(report.workloads.first?.ledger.totalDropped == 0)
    }

    @Test("each ready configuration that forwards to somebody is measured, devices and all")
    func readyConfigurations() async throws {
        for name in ["cross-connect", "router"] {
            let outcome = try await measured([
                "config/\(name).yaml", "--workload", "config", "--workload", "imix", "--frames",
                "100000", "--json",
            ])
            try #require(outcome.code == 0, "\(outcome)")
            let report = try outcome.decoded(BenchReport.self)
            #expect(report.workloads.map(\.name) == ["config", "imix"])
            #expect(report.workloads.allSatisfy { $0.ledger.totalDropped == 0 })
        }
    }

    @Test("Ctrl-C ends it, with what was measured and the exit code 130")
    func interruption() async throws {
        try await MachineTurn.shared.take {
            let process = try FreewayProcess([
                "bench", "--workload", "cross-connect", "--seconds", "3600", "--json",
            ])
            // A worker that polls has used more than a second of CPU time soon after its start.
            let isBusy = await firstAnswer { cpuTicks(process.pid) > 150 ? true : nil }
            #expect(isBusy == true)
            process.send(SIGINT)
            let outcome = try await process.outcome()
            #expect(outcome.code == 130)
            let report = try outcome.decoded(BenchReport.self)
            #expect(report.interrupted && report.workloads.first?.interrupted == true)
            #expect(report.workloads.first.map { $0.packets > 0 } == true)
            #expect(outcome.leftovers.isEmpty)
        }
    }

    private func measured(_ words: [String]) async throws -> ProcessOutcome {
        try await MachineTurn.shared.take { try await FreewayProcess.run(["bench"] + words) }
    }
}

/// CPU time of a process in ticks of 10 ms: user and system.
private func cpuTicks(_ pid: Int32) -> Int {
    let text = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
    let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
    return fields.count > 12 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0
}
