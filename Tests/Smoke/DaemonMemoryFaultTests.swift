// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import ProcessSupport
import Testing

/// Too little memory: a daemon works within what it has, or says what it needs and ends; it is never
/// killed half-way.
@Suite struct DaemonMemoryFaultTests {
    private static func router(routes: Int = 10_000, pages: String = "ordinary") -> String {
        """
        version: 1
        forward: route
        memory: {pages: \(pages), routes: \(routes)}
        workers: 1
        ports:
          left: {device: "vdev:net_null0", addresses: [192.0.2.1/24]}
          right: {device: "vdev:net_null1", addresses: [198.51.100.1/24]}
        routes:
          - {to: 0.0.0.0/0, via: 192.0.2.9}
        neighbours:
          - {port: left, address: 192.0.2.9, mac: "02:00:00:00:00:09"}

        """
    }

    @Test(
        "256 MB hold a router with 10,000 routes, through reloads that need two tables at once",
        .enabled(if: MemoryGroup.canBeMade, "needs a control group that may be written"))
    func enough() async throws {
        let group = try #require(MemoryGroup(megabytes: 256))
        try await MachineTurn.shared.take {
            try await DaemonProcess.using(Self.router(), through: group.wrapper) { daemon in
                let first = try await daemon.stats()
                for _ in 0..<3 {
                    let reload = try await FreewayProcess.run(["reload", "--socket", daemon.socket])
                    #expect(reload.code == 0, "\(reload)")
                }
                let last = try await daemon.stats()
                #expect(last.balanced && last.startedAt == first.startedAt)
            }
        }
    }

    @Test(
        "a router with a million routes is refused in 192 MB, with the bill and the limit",
        .enabled(if: MemoryGroup.canBeMade, "needs a control group that may be written"))
    func tooLittle() async throws {
        let group = try #require(MemoryGroup(megabytes: 192))
        let scratch = ScratchFolder()
        let config = try scratch.write(Self.router(routes: 1_000_000), to: "config.yaml")
        let outcome = try await FreewayProcess.run(
            ["run", config, "--socket", scratch.file("socket")], through: group.wrapper)
        #expect(outcome.code == 71, "\(outcome)")
        #expect(
            outcome.errors.contains(
                /memory: \d+ MB are needed, the control group .*freeway-test-.* has \d+ of its 192 MB left;/
            ),
            "\(outcome)")
        #expect(outcome.leftovers == [])
        #expect(scratch.names == ["config.yaml"])
    }

    @Test(
        "a limit near the bill of 126 MB and 48 for clients: runs or is refused, never killed",
        .enabled(if: MemoryGroup.canBeMade, "needs a control group that may be written"),
        arguments: Array(stride(from: 168, through: 192, by: 3)))
    func nearTheBill(megabytes: Int) async throws {
        let group = try #require(MemoryGroup(megabytes: megabytes))
        let scratch = ScratchFolder()
        let config = try scratch.write(Self.router(), to: "config.yaml")
        let socket = scratch.file("socket")
        let untilReady = """
            "$@" & while kill -0 $! 2> /dev/null && ! [ -S \(socket) ]; do sleep 0.02; done
            kill -TERM $! 2> /dev/null; wait $!
            """
        let outcome = try await FreewayProcess.run(
            ["run", config, "--socket", socket],
            through: group.wrapper + ["bash", "-c", untilReady, "bash"])
        let allowed: [Int32] = megabytes < 172 ? [71] : megabytes < 186 ? [0, 71] : [0]
        #expect(allowed.contains(outcome.code), "\(outcome)")
    }

    @Test("256 MB of address space are refused, with the bill", arguments: [262_144, 196_608])
    func addressSpace(kibibytes: Int) async throws {
        let scratch = ScratchFolder()
        let config = try scratch.write(Self.router(), to: "config.yaml")
        let outcome = try await FreewayProcess.run(
            ["run", config, "--socket", scratch.file("socket")],
            through: ["prlimit", "--as=\(kibibytes * 1024)"])
        #expect(outcome.code == 71, "\(outcome)")
        #expect(
            outcome.errors.contains(/may have \d+ MB of address space, and needs \d+ MB or more/),
            "\(outcome)")
        #expect(scratch.names == ["config.yaml"])
    }

    @Test(
        "fewer huge pages than the bill: refused where they are asked for, ordinary pages otherwise",
        .enabled(
            if: HugePages.noneIsFree && HugePages.canReserve,
            "needs root, memory for huge pages, and that none is free"))
    func fewHugePages() async throws {
        try await MachineTurn.shared.take {
            try await HugePages.with(8) {
                let scratch = ScratchFolder()
                let config = try scratch.write(Self.router(pages: "huge"), to: "huge.yaml")
                let outcome = try await FreewayProcess.run([
                    "run", config, "--socket", scratch.file("socket"),
                ])
                #expect(outcome.code == 71, "\(outcome)")
                #expect(outcome.errors.contains(/\d+ of the \d+ MiB needed/), "\(outcome)")
                try await DaemonProcess.using(Self.router(pages: "auto")) { daemon in
                    let stats = try await daemon.stats()
                    #expect(stats.balanced)
                    #expect(daemon.process.errors.contains("in ordinary pages"))
                }
            }
        }
    }
}
