// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Forwarding
import FoundationEssentials
import PacketHeaders

@testable import Service

/// A source whose replies have every property that a reply may have.
struct SampleSource: ControlSource {
    static let queries: [Query<SampleSource>] = [
        Query(.version) { $0.version() },
        Query(.stats) { $0.stats() },
        Query(.ports) { $0.ports() },
        Query(.interfaces) { $0.interfaces() },
        Query(.workers) { try await $0.workers() },
        Query(.drops) { $0.drops() },
        Query(
            .dropsOfReason,
            reading: { name, _ throws(ControlRefusal) in
                guard DropReasonText.all.contains(where: { $0.name == name }) else {
                    throw .unknownReason(name)
                }
                return name
            }, answer: { $0.drops(of: $1) }),
        Query(bytesOf: .config) { ReplyBytes(try ControlJSON.encode($0.config())) },
        Query(bytesOf: .plan) { _ in
            ReplyBytes(Data("{\"schemaVersion\":1,\"workers\":1}\n".utf8))
        },
        Query(
            .routes, readsTables: true,
            reading: { _, target throws(ControlRefusal) in
                try RoutePage(target)
            }, answer: { try await $0.routes($1) }),
        Query(.routeOfAddress, readsTables: true, reading: RoutePage.address) {
            try await $0.route(to: $1.address)
        },
        Query(
            .neighbours, readsTables: true,
            reading: { _, target throws(ControlRefusal) in
                try NeighbourPage(target)
            }, answer: { try await $0.neighbours($1) }),
    ]

    struct Failure: Error, CustomStringConvertible {
        var description: String { "the sample source was told to fail" }
    }

    var configText = "version: 1\n"
    /// Called by ``workers()`` before it answers.
    var beforeWorkers: @Sendable () async throws -> Void = {}

    /// Called by ``reload(_:)`` before it answers.
    var beforeReload: @Sendable (ConfigurationSource) async throws -> Void = { _ in }

    /// Called by ``change(_:)`` before it answers.
    var beforeChange: @Sendable (RouteChanges) async throws -> Void = { _ in }

    /// Called with what is asked for before a page of a table is given.
    var beforeTable: @Sendable (String) async throws -> Void = { _ in }

    static let start = Timestamp(seconds: 1_763_717_220, nanoseconds: 1)
    static let now = Timestamp(seconds: 1_763_717_230, nanoseconds: 500_000_000)

    func version() -> VersionReply {
        VersionReply(
            version: "0.1.0", dpdkBuild: "DPDK 22.11.11", dpdkRuntime: "DPDK 22.11.11",
            swift: "6.3.1", pid: 42, startedAt: Self.start)
    }

    func stats() -> StatsReply {
        StatsReply(
            time: Self.now, startedAt: Self.start, workers: 1,
            ledger: Ledger(
                received: 10, transmitted: 7, dropped: ["noRoute": 3],
                bytes: LedgerBytes(received: 600, transmitted: 420, dropped: ["noRoute": 180])),
            handoff: Handoff(rxHandoff: 1, txHandoff: 2, inFlight: 0),
            ports: ["wan": PortTotals(received: 10, receivedBytes: 600)],
            rates: StatsRates(
                received: Rate(frames: 10, bytes: 600, seconds: 4),
                transmitted: Rate(frames: 7, bytes: 420, seconds: 4), seconds: 4),
            stalledWorkers: [0])
    }

    func ports() -> PortsReply {
        PortsReply(
            time: Self.now,
            ports: [
                PortStatus(
                    index: 0, name: "wan", device: "vdev:net_null0,copy=0", driver: "net_null",
                    mac: "02:00:00:00:00:01", mtu: 1500,
                    link: PortLink(up: true, speedMbps: 10_000, obstacle: "eth1 has no carrier"),
                    promiscuous: true, numaNode: 0,
                    rxQueues: 1, txQueues: 1, admit: .own,
                    received: Traffic(frames: 10, bytes: 600), transmitted: Traffic(),
                    counters: DeviceCounters(imissed: 1), xstats: ["rx_good_packets": 10, "x": 0])
            ])
    }

    func interfaces() -> InterfacesReply {
        InterfacesReply(
            time: Self.now,
            interfaces: [
                (
                    "wan",
                    InterfaceStatus(
                        port: "wan", vrf: "blue",
                        tags: InterfaceTags(encapsulation: "802.1ad", vlans: [300, 7]),
                        device: "interface:eth1", up: false, obstacle: "eth1 has no carrier",
                        mac: "02:00:00:00:00:01", mtu: 1500,
                        addresses: ["192.0.2.1/24"], received: Traffic(frames: 10, bytes: 600),
                        transmitted: Traffic(),
                        linux: LinuxInterface(
                            name: "eth1", index: 7, up: true, carrier: false, mtu: 1500,
                            mac: "02:00:00:00:00:01"))
                )
            ])
    }

    func workers() async throws -> WorkersReply {
        try await beforeWorkers()
        var worker = WorkerStatus(
            index: 0, lcore: 1, cpus: [1], floating: false, state: .stalled,
            rounds: 1000, emptyRounds: 999, busyShare: 0.25,
            received: Traffic(frames: 10, bytes: 600),
            transmitted: Traffic(frames: 7, bytes: 420),
            queues: [WorkerStatus.Queue(port: "wan", queue: 0)])
        worker.stalledSeconds = 1.5
        worker.thread = ThreadStatus(id: 77, waitedSeconds: 0.25, preemptions: 3)
        worker.gaps = WorkerGaps(
            count: 1, p50Nanoseconds: 2000, p99Nanoseconds: 2000, p999Nanoseconds: 9000,
            histogram: [.init(upToNanoseconds: 9000, count: 1)],
            longest: [.init(time: Self.now, nanoseconds: 8700, during: ["reload"])])
        return WorkersReply(time: Self.now, workers: [worker], activities: ["reload"])
    }

    func drops() -> DropsReply {
        DropsReply(
            time: Self.now, startedAt: Self.start, keptPerReason: 16, reasons: [Self.noRoute])
    }

    func drops(of reason: String) -> DroppedFramesReply {
        DroppedFramesReply(
            time: Self.now, count: Self.noRoute,
            samples: [
                DroppedFrame(
                    reason: reason, time: Self.now, port: "wan", interface: "wan.100", worker: 0,
                    stage: "route", length: 60, flow: "192.0.2.1 > 203.0.113.9 udp",
                    field: .init(name: "ipv4.destination", value: "203.0.113.9"),
                    bytes: [2, 0, 255])
            ],
            unclaimed: [
                UnclaimedTrafficCount(protocol: "udp", port: 161, frames: 2)
            ])
    }

    private static let noRoute = DropCount(
        reason: "noRoute", summary: "no route matches", frames: 3, bytes: 180, kept: 1,
        rate: Rate(frames: 3, bytes: 180, seconds: 4))

    func config() -> ConfigReply {
        ConfigReply(path: "/etc/freeway/freeway.yaml", yaml: configText, loadedAt: Self.start)
    }

    func reload(_ configuration: ConfigurationSource) async throws -> ReloadReply {
        try await beforeReload(configuration)
        return ReloadReply(
            path: "PUT /v1/config", loadedAt: Self.now, seconds: 0.25,
            routes: .init(added: 3, removed: 2, changed: 1), neighbours: .init(added: 1),
            crossConnects: .init(), ports: ["wan": ["mtu"]], settings: ["log.level"],
            warnings: ["PUT /v1/config:3:1: ports.wan: unused"],
            withdrawn: .init(count: 12, first: ["10.0.0.0/8"]))
    }

    func change(_ changes: RouteChanges) async throws -> RouteChangeReply {
        try await beforeChange(changes)
        return RouteChangeReply(
            added: changes.count, replaced: 2, deleted: 1, routes: 7, seconds: 0.25)
    }

    func change(_ change: NeighbourChange) -> NeighbourChangeReply {
        NeighbourChangeReply(added: 1, replaced: 2, deleted: 3)
    }

    private static func text<Value>(_ value: Value?) -> String {
        value.map { "\($0)" } ?? "nil"
    }

    func routes(_ page: RoutePage) async throws -> RoutesReply {
        try await beforeTable(
            "routes \(Self.text(page.within)) \(Self.text(page.after)) \(page.limit)")
        return RoutesReply(routes: [Self.route], next: "10.0.0.0/8")
    }

    func route(to address: IPAddress) async throws -> RouteReply {
        try await beforeTable("route \(address)")
        return RouteReply(address: "\(address)", route: Self.route, dropped: "linkDown")
    }

    func neighbours(_ page: NeighbourPage) async throws -> NeighboursReply {
        try await beforeTable("neighbours \(Self.text(page.after)) \(page.limit)")
        return NeighboursReply(
            neighbours: [
                NeighbourEntry(
                    address: "192.0.2.9", port: "wan", vrf: "blue", mac: "02:00:00:00:01:09",
                    state: "reachable", origin: Self.origin)
            ], next: "192.0.2.9")
    }

    private static let origin = RouteOrigin(
        .neighbour, port: "wan", path: "/etc/freeway/freeway.yaml", line: 7)

    private static let route: RouteEntry = {
        var hop = RouteNextHop(
            address: "192.0.2.9", port: "wan", weight: 2, mac: "02:00:00:00:01:09",
            dropped: "linkDown", vrf: "red")
        hop.through = ["192.0.2.7"]
        var route = RouteEntry(
            to: "10.0.0.0/8", type: .unicast, nextHops: [hop], origin: origin)
        route.vrf = "blue"
        route.metric = 10
        route.track = "neighbour"
        route.standby = true
        return route
    }()

    func explain(_ request: ExplainRequest) -> Explanation {
        var exit = FrameJourney.Exit.dropped(
            reason: "badChecksum", stage: "validateIPv4", field: "ipv4.headerChecksum",
            value: "0x0000, computed 0x1234")
        exit.port = "lan"
        exit.frame = 1
        return Explanation(
            frames: [
                ExplainedFrame(
                    journey: FrameJourney(
                        port: request.port, frame: 1, time: Self.now,
                        steps: [
                            JourneyStep(
                                stage: "route", text: "a",
                                facts: ["source": "route", "agrees": true])
                        ],
                        exits: [exit]),
                    entryBytes: [1], exitBytes: [2])
            ], notes: ["a note"])
    }
}
