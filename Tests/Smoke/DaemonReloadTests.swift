// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Glibc
import ProcessSupport
import Testing

/// Another configuration while frames go on.
@Suite struct DaemonReloadTests {
    /// A capture that repeats for ever, whose frames are forwarded or dropped as the routes say.
    private static func router(
        routes: String, workers: String = "1", ports: String = "", settings: String = ""
    ) -> String {
        """
        version: 1
        forward: route
        workers: \(workers)
        \(settings)ports:
          left: {device: "pcap:\(Repository.capture("real/zeek-wikipedia.pcap")),infinite", admit: any, addresses: [192.0.2.1/24]\(ports)}
          right: {device: "vdev:net_null1,no-rx=1", addresses: [198.51.100.1/24]}
        routes: [\(routes)]
        neighbours: [{port: right, address: 198.51.100.2, mac: 02:00:00:00:02:02}]

        """
    }

    private static let wide = "{to: 0.0.0.0/0, via: 198.51.100.2}"
    private static let halves =
        "{to: 0.0.0.0/1, via: 198.51.100.2}, {to: 128.0.0.0/1, via: 198.51.100.2}"

    @Test("many reloads of routes lose nothing, and no frame is dropped that was not before")
    func manyRoutes() async throws {
        let first = Self.router(routes: Self.wide)
        let second = Self.router(routes: Self.halves)
        try await DaemonProcess.with(first) { daemon in
            // Until each kind of frame in the capture came by.
            let before = try #require(
                try await firstAnswer {
                    let stats = try await daemon.stats()
                    return stats.ledger.transmitted > 10_000 ? stats : nil
                })
            try await reload(daemon, between: first, second, since: before) { reply, isFirst in
                #expect(
                    reply.routes
                        == (isFirst ? .init(added: 1, removed: 2) : .init(added: 2, removed: 1)))
            }
        }
    }

    /// Each worker has queues of its own, so that no ring between workers can be full: nothing at all
    /// is dropped.
    @Test("many reloads of a cross-connect under full load lose nothing", arguments: [1, 3])
    func manyCrossConnects(workers: Int) async throws {
        func wires(_ pairs: String) -> String {
            """
            version: 1
            forward: cross-connect
            workers: \(workers)
            ports:
              a: {device: "vdev:net_null0"}
              b: {device: "vdev:net_null1"}
              c: {device: "vdev:net_null2"}
              d: {device: "vdev:net_null3"}
            crossConnect: \(pairs)

            """
        }
        let (first, second) = (wires("[[a, b], [c, d]]"), wires("[[a, c], [b, d]]"))
        try await DaemonProcess.with(first) { daemon in
            let before = try #require(
                try await firstAnswer {
                    let stats = try await daemon.stats()
                    return stats.ledger.transmitted > 10_000 ? stats : nil
                })
            #expect(before.ledger.dropped == [:])
            try await reload(daemon, between: first, second, since: before) { reply, _ in
                #expect(reply.crossConnects == .init(added: 2, removed: 2))
            }
        }
    }

    /// Reloads sixty times; each time the ledger balances, frames went on, and none was dropped for
    /// another reason than before.
    private func reload(
        _ daemon: DaemonProcess, between first: String, _ second: String, since before: StatsReply,
        _ check: (ReloadReply, Bool) -> Void
    ) async throws {
        let client = ControlClient.unhurried(daemon.socket)
        var last = before
        for number in 1...60 {
            let isFirst = number.isMultiple(of: 2)
            check(try await client.putConfiguration(Data((isFirst ? first : second).utf8)), isFirst)
            #expect(await daemon.notify.receives("READY=1"))
            let stats = try #require(
                try await firstAnswer {
                    let stats = try await client.get(.stats)
                    return stats.ledger.transmitted > last.ledger.transmitted ? stats : nil
                })
            #expect(stats.balanced && stats.ledger.isBalanced)
            #expect(stats.ledger.received > last.ledger.received)
            #expect(Set(stats.ledger.dropped.keys) == Set(before.ledger.dropped.keys))
            #expect(stats.startedAt == before.startedAt)
            last = stats
        }
        for port in try await client.get(.ports).ports {
            #expect(port.counters == DeviceCounters(), "\(port.name)")
        }
    }

    @Test("the file is read again by the verb, by SIGHUP and by POST, and systemd is told")
    func ownFile() async throws {
        try await DaemonProcess.with(Self.router(routes: Self.wide)) { daemon in
            let none = try await FreewayProcess.run(["reload", "--socket", daemon.socket])
            #expect(none.code == 0)
            #expect(none.output == "\(daemon.scratch.file("config.yaml")): nothing changed\n")
            #expect(await daemon.notify.receives("RELOADING=1"))
            #expect(await daemon.notify.receives("READY=1"))

            try daemon.scratch.write(Self.router(routes: Self.halves), to: "config.yaml")
            daemon.process.send(SIGHUP)
            #expect(await daemon.notify.receives("RELOADING=1"))
            #expect(await daemon.notify.receives("READY=1"))
            let config = try #require(
                try await daemon.curl("/v1/config", as: ConfigReply.self).first)
            #expect(config.yaml == Self.router(routes: Self.halves))
            let version = try #require(
                try await daemon.curl("/v1/version", as: VersionReply.self).first)
            #expect(config.loadedAt > version.startedAt)

            try daemon.scratch.write(
                Self.router(routes: "", ports: ", mtu: 1400, mac: 02:00:00:00:00:77"),
                to: "config.yaml")
            let reply = try await daemon.query("reload", as: ReloadReply.self)
            #expect(reply.routes == .init(removed: 2))
            #expect(reply.ports == ["left": ["mac", "mtu"]])
            #expect(reply.path == daemon.scratch.file("config.yaml"))
            // The plan and the ports follow; so do the frames.
            let ports = try await daemon.query("ports", as: PortsReply.self)
            #expect(ports.ports[0].mtu == 1400)
            #expect(ports.ports[0].mac == "02:00:00:00:00:77")
            let noRoute = try await firstAnswer {
                try await daemon.stats().ledger.dropped["noRoute"]
            }
            #expect(noRoute != nil)
        }
    }

    @Test(
        "a configuration that is wrong or needs a restart is refused line by line, and changes nothing"
    )
    func refusals() async throws {
        let first = Self.router(routes: Self.wide, settings: "memory: {pages: ordinary}\n")
        try await DaemonProcess.with(first) { daemon in
            let file = daemon.scratch.file("new.yaml")
            let way = "; a reload cannot change this: restart Freeway"
            for (text, replacement, line) in [
                ("workers: 1", "workers: 2", ":3:10: workers: found 2, but 1 is in force\(way)"),
                (
                    "pages: ordinary", "pages: auto",
                    ":4:17: memory.pages: found \"auto\", but \"ordinary\" is in force\(way)"
                ),
                (
                    "pages: ordinary", "pages: ordinary, megabytes: 999",
                    ":4:38: memory.megabytes: found 999, but no number is in force\(way)"
                ),
                (
                    "net_null1,no-rx=1", "net_null1",
                    ":7:19: ports.right.device: found \"vdev:net_null1\", but "
                        + "\"vdev:net_null1,no-rx=1\" is in force\(way)"
                ),
                (
                    "no-rx=1\"", "no-rx=1\", queues: 1",
                    ":7:53: ports.right.queues: found 1, but no number is in force\(way)"
                ),
                (
                    "routes: [", "control: {socket: /tmp/other}\nroutes: [",
                    ":8:19: control.socket: found \"/tmp/other\", but "
                        + "\"/run/freeway/freeway.sock\" is in force\(way)"
                ),
                (
                    "routes: [", "  more: {device: vdev:net_null2}\nroutes: [",
                    ":8:9: ports.more: found a port that is not in force (those are left, right)\(way)"
                ),
                ("version: 1", "version: 2", ":1:10: version: found \"2\", expected 1"),
                ("via: 198.51.100.2", "via: 198.51.100.2x", ":8:31: routes[0].via: found "),
            ] {
                try daemon.scratch.write(first.replacing(text, with: replacement), to: "new.yaml")
                let outcome = try await FreewayProcess.run([
                    "reload", file, "--socket", daemon.socket,
                ])
                #expect(outcome.code == 78, "\(outcome)")
                #expect(outcome.errorLines.count == 1, "\(outcome)")
                #expect(outcome.errors.hasPrefix(file + line), "\(outcome)")
                #expect(outcome.output == "")
                #expect(await daemon.notify.receives("READY=1"))
            }
            let missing = try await FreewayProcess.run([
                "reload", daemon.scratch.file("no.yaml"), "--socket", daemon.socket,
            ])
            #expect(missing.code == 66)
            // The daemon's own file, gone.
            try FileManager.default.removeItem(atPath: daemon.scratch.file("config.yaml"))
            let gone = try await FreewayProcess.run(["reload", "--socket", daemon.socket])
            #expect(gone.code == 66)
            #expect(
                gone.errors
                    == "freeway: \(daemon.scratch.file("config.yaml")): cannot be read: No such file or directory\n"
            )

            let config = try #require(
                try await daemon.curl("/v1/config", as: ConfigReply.self).first)
            #expect(config.yaml == first)
            let dropped = try await daemon.stats().ledger.dropped
            #expect(dropped["noRoute"] == nil && dropped["linkDown"] == nil)
        }
    }

    @Test("a signal in the middle of reloads ends the daemon as cleanly")
    func signalWhileReloading() async throws {
        try await MachineTurn.shared.take {
            let daemon = try await DaemonProcess.start(Self.router(routes: Self.wide))
            let client = ControlClient.unhurried(daemon.socket)
            let texts = [Self.halves, Self.wide].map { Data(Self.router(routes: $0).utf8) }
            let reloads = Task {
                var count = 0
                // Until the daemon is gone.
                while (try? await client.putConfiguration(texts[count % 2])) != nil {
                    _ = await daemon.notify.receives("READY=1")
                    count += 1
                    if count == 5 { daemon.process.send(SIGTERM) }
                }
                return count
            }
            let outcome = try await daemon.process.outcome(within: .seconds(60))
            #expect(await reloads.value >= 5)
            #expect(outcome.code == 0, "\(outcome)")
            #expect(outcome.output.contains(/\nbalanced +yes\n/), "\(outcome)")
            #expect(outcome.leftovers == [])
            #expect(!FileManager.default.fileExists(atPath: daemon.socket))
        }
    }

    @Test("log.level changes with the file, unless the command line gave one")
    func logLevel() async throws {
        try await DaemonProcess.with(Self.router(routes: Self.wide)) { daemon in
            let quiet = Self.router(routes: Self.wide, settings: "log: {level: error}\n")
            let client = ControlClient.unhurried(daemon.socket)
            let first = try await client.putConfiguration(Data(quiet.utf8))
            #expect(first.settings == ["log.level"])
            let logged = daemon.process.errors
            _ = try await client.putConfiguration(
                Data(Self.router(routes: "", settings: "log: {level: error}\n").utf8))
            #expect(daemon.process.errors == logged)
            _ = try await client.putConfiguration(Data(Self.router(routes: Self.wide).utf8))
            #expect(daemon.process.errors != logged)
        }
    }
}

extension DaemonReloadTests {
    @Test("requests that are refused fill no log; a signal's errors are all in it")
    func refusedRequests() async throws {
        try await DaemonProcess.with(Self.router(routes: Self.wide)) { daemon in
            let client = ControlClient.unhurried(daemon.socket)
            let wrong = Data((0..<20).map { "wrong\($0): 1\n" }.joined().utf8)
            // The last line of the start may come behind READY.
            _ = await firstAnswer {
                daemon.process.errors.contains("the control socket is open") ? true : nil
            }
            let before = daemon.process.errors
            for _ in 0..<20 {
                _ = await #expect(throws: ControlClientError.self) {
                    try await client.putConfiguration(wrong)
                }
            }
            let lines = daemon.process.errors.dropFirst(before.count).split(separator: "\n")
            #expect(lines.count == 1, "\(lines)")
            #expect(
                lines.first?.contains(
                    " warning: requests to put another configuration in force were refused last=")
                    == true, "\(lines)")
            try daemon.scratch.write("wrong1: 1\nwrong2: 1\n", to: "config.yaml")
            daemon.process.send(SIGHUP)
            let told: Bool? = await firstAnswer {
                let text = daemon.process.errors
                return text.contains("stays: ") && text.contains("wrong1")
                    && text.contains("wrong2")
                    ? true : nil
            }
            #expect(told == true, "\(daemon.process.errors)")
        }
    }

    @Test("log.format changes with the file: text for people, or one JSON object a line")
    func logFormat() async throws {
        let json = "log: {format: json}\n"
        try await DaemonProcess.with(Self.router(routes: Self.wide, settings: json)) { daemon in
            func lines() -> [Substring] { daemon.process.errors.split(separator: "\n") }
            let started = lines()
            #expect(started.count > 2)
            for line in started {
                let object =
                    try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                #expect(object?["message"] is String && object?["level"] is String, "\(line)")
                #expect((object?["time"] as? String).flatMap(Timestamp.init) != nil, "\(line)")
            }
            let reply = try await ControlClient.unhurried(daemon.socket).putConfiguration(
                Data(Self.router(routes: Self.wide).utf8))
            #expect(reply.settings == ["log.format"])
            let last = try #require(lines().last)
            #expect(
                last.contains(#/^\S+Z info: another configuration is in force path="PUT /#),
                "\(last)")
        }
    }
}

extension ControlClient {
    /// A client that gives a machine with many other tests on it all the time it needs.
    static func unhurried(_ socketPath: String) -> ControlClient {
        var client = ControlClient(socketPath: socketPath)
        client.timeLimit = .seconds(60)
        return client
    }
}
