// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Testing

@testable import freeway

@Suite struct QueryTableTests {
    private let ledger = Ledger(
        received: 1_234_567, generated: 1, transmitted: 1_234_000,
        dropped: [
            "noRoute": 560, "blackhole": 4, "badChecksum": 4, "multicast": 0,
        ],
        bytes: LedgerBytes(
            received: 74_074_020, transmitted: 74_040_000,
            dropped: ["noRoute": 33_600, "blackhole": 240]))

    @Test func numbersAreGrouped() {
        #expect(
            [0, 999, 1000, 123_456, 1_234_567, UInt64.max].map { NumberText.grouped($0) } == [
                "0", "999", "1,000", "123,456", "1,234,567", "18,446,744,073,709,551,615",
            ])
        #expect(NumberText.grouped(14_880_952.38) == "14,880,952")
        #expect(NumberText.grouped(-1.0) == "0")
        #expect(NumberText.grouped(Double.infinity) == "18,446,744,073,709,551,615")
        #expect(NumberText.fixed(30.303, decimals: 1) == "30.3")
        #expect(NumberText.fixed(0.999, decimals: 2) == "1.00")
        #expect(NumberText.percent(0.995) == "99.5 %")
        #expect(NumberText.bitRate(7_619_047_619) == "7.62 Gbit/s")
        #expect(NumberText.bitRate(999) == "999 bit/s")
        #expect(NumberText.bitRate(1000) == "1.00 kbit/s")
        #expect(NumberText.prefixed(7_619_047_619) == "7.62 G")
        #expect(NumberText.prefixed(999) == "999")
        #expect(NumberText.duration(0.5) == "0 s")
        #expect(NumberText.duration(3_600) == "1 h 0 min 0 s")
        #expect(NumberText.duration(90_061) == "1 d 1 h 1 min")
    }

    @Test func ledgerTable() {
        let table = LedgerTable(
            ledger: ledger, balanced: true,
            ports: [
                ("wan", PortTotals(received: 1_234_567, receivedBytes: 74_074_020)),
                ("lan", PortTotals(transmitted: 1_234_000, transmittedBytes: 74_040_000)),
            ],
            meanings: ["noRoute": "no route to the destination"])
        #expect(
            table.rendered(.plain) == """
                LEDGER            FRAMES       BYTES
                received       1,234,567  74,074,020
                generated              1
                copied                 0
                transmitted    1,234,000  74,040,000
                punted                 0
                consumed               0
                in transit             0
                parked                 0
                dropped              568      33,840
                  noRoute            560      33,600  no route to the destination
                  badChecksum          4           0
                  blackhole            4         240
                balanced             yes

                PORT   RECEIVED  TRANSMITTED  BYTES RECEIVED  BYTES TRANSMITTED
                wan   1,234,567            0      74,074,020                  0
                lan           0    1,234,000               0         74,040,000

                """)
    }

    @Test func imbalanceIsShownAsABug() {
        let table = LedgerTable(ledger: Ledger(received: 1), balanced: false, ports: [])
        #expect(table.rendered(.plain).contains("\nbalanced         NO\n"))
        #expect(table.rendered(.coloured).contains("\u{1b}[1;31mNO\u{1b}[0m"))
    }

    @Test func colourDoesNotMoveColumns() {
        let table = LedgerTable(
            ledger: ledger, balanced: true, ports: [("wan", PortTotals())],
            meanings: ["noRoute": "no route"])
        let coloured = table.rendered(.coloured)
        #expect(coloured != table.rendered(.plain))
        #expect(coloured.replacing(/\u{1b}\[[0-9;]*m/, with: "") == table.rendered(.plain))
    }

    @Test func statsShowRatesBetweenSamples() {
        func sample(_ seconds: Int64, _ frames: UInt64) -> StatsReply {
            StatsReply(
                time: Timestamp(seconds: seconds), startedAt: Timestamp(seconds: 0), workers: 2,
                ledger: Ledger(
                    received: frames, transmitted: frames,
                    bytes: LedgerBytes(received: frames * 60, transmitted: frames * 60)),
                handoff: Handoff(rxHandoff: 5, txHandoff: 0, inFlight: 1),
                ports: ["wan": PortTotals(received: frames, transmitted: frames)])
        }
        let text = StatsTable(reply: sample(62, 3000), previous: sample(60, 1000))
            .rendered(.plain)
        #expect(text.hasPrefix("2 workers, up 1 min 2 s\n\nLEDGER"))
        #expect(
            text.hasSuffix(
                """
                PORT  RECEIVED  TRANSMITTED  BYTES RECEIVED  BYTES TRANSMITTED  RX FRAMES/S  \
                TX FRAMES/S
                wan      3,000        3,000               0                  0        1,000        1,000

                RATE         FRAMES/S    BITS/S
                received        1,000  480.00 k
                transmitted     1,000  480.00 k

                HAND-OFF     FRAMES
                received          5
                transmitted       0
                in flight         1

                """))
        #expect(!StatsTable(reply: sample(62, 3000)).rendered(.plain).contains("RATE"))
    }

    @Test func portsTable() {
        func reply(_ seconds: Int64, _ frames: UInt64) -> PortsReply {
            func port(_ name: String, _ link: PortLink, _ counters: DeviceCounters) -> PortStatus {
                PortStatus(
                    index: 0, name: name, device: "vdev:net_null0", driver: "net_null",
                    mac: "02:00:00:00:00:01", mtu: 1500, link: link, promiscuous: true,
                    numaNode: nil, rxQueues: 2, txQueues: 1, admit: .any,
                    received: Traffic(frames: frames, bytes: 0), transmitted: Traffic(),
                    counters: counters)
            }
            return PortsReply(
                time: Timestamp(seconds: seconds),
                ports: [
                    port("wan", PortLink(up: true, speedMbps: 10_000), DeviceCounters()),
                    port("lan", PortLink(up: false), DeviceCounters(imissed: 7)),
                ])
        }
        #expect(
            PortsTable(reply: reply(2, 3000)).rendered(.plain) == """
                PORT  LINK       MAC                 MTU  ADMIT  QUEUES  RECEIVED  TRANSMITTED  \
                IMISSED  IERRORS  OERRORS  RXNOMBUF  DEVICE
                wan   10 Gbit/s  02:00:00:00:00:01  1500  any       2/1     3,000            0  \
                      0        0        0         0  vdev:net_null0 (net_null)
                lan   down       02:00:00:00:00:01  1500  any       2/1     3,000            0  \
                      7        0        0         0  vdev:net_null0 (net_null)

                """)
        let watched = PortsTable(reply: reply(2, 3000), previous: reply(1, 1000))
        #expect(watched.rendered(.plain).contains("RX FRAMES/S"))
        #expect(watched.rendered(.plain).contains("  2,000  "))
        // A counter that went backwards gives no rate.
        let restarted = PortsTable(reply: reply(2, 0), previous: reply(1, 1000))
        #expect(restarted.rendered(.plain).contains("            -            -  vdev"))
    }

    @Test func workersTable() {
        let reply = WorkersReply(
            time: Timestamp(seconds: 1),
            workers: [
                WorkerStatus(
                    index: 0, lcore: 1, cpus: [2, 3], floating: true, state: .running,
                    rounds: 101, emptyRounds: 1, busyShare: 0.5,
                    received: Traffic(frames: 3200, bytes: 0), transmitted: Traffic(),
                    handedOff: 9, taken: 0,
                    queues: [
                        WorkerStatus.Queue(port: "wan", queue: 0),
                        WorkerStatus.Queue(port: "lan", queue: 0),
                    ])
            ])
        #expect(
            WorkersTable(reply: reply).rendered(.plain) == """
                WORKER  LCORE  CPU           STATE      BUSY  FRAMES/ROUND  RECEIVED  \
                TRANSMITTED  HANDED OFF  TAKEN  QUEUES
                     0      1  2,3 floating  running  50.0 %          32.0     3,200  \
                          0           9      0  wan:0 lan:0

                """)
    }

    @Test func gapTables() {
        func worker(_ index: Int, _ gaps: WorkerGaps) -> WorkerStatus {
            var worker = WorkerStatus(
                index: index, lcore: 1 + index, cpus: [2 + index], floating: false, state: .running,
                rounds: 1, emptyRounds: 1, busyShare: 0, received: Traffic(),
                transmitted: Traffic(), queues: [])
            worker.gaps = gaps
            return worker
        }
        func gap(_ nanoseconds: UInt64, _ during: [String]) -> WorkerGaps.Gap {
            .init(time: Timestamp(seconds: 0), nanoseconds: nanoseconds, during: during)
        }
        let none = WorkerGaps(
            count: 0, p50Nanoseconds: 2000, p99Nanoseconds: 2000, p999Nanoseconds: 2000,
            histogram: [], longest: [])
        var stalled = worker(
            1,
            WorkerGaps(
                count: 4, p50Nanoseconds: 2000, p99Nanoseconds: 7230, p999Nanoseconds: 4_100_000,
                histogram: [],
                longest: [gap(7200, []), gap(2_500_000_000, ["reload", "buildTables"])]))
        stalled.state = .stalled
        stalled.stalledSeconds = 1.52
        stalled.thread = ThreadStatus(id: 7, waitedSeconds: 0.25, preemptions: 1234)
        var reply = WorkersReply(time: Timestamp(seconds: 1), workers: [worker(0, none), stalled])
        let text = WorkersTable(reply: reply).rendered(.plain)
        #expect(text.contains("  stalled 1.5 s  "))
        #expect(
            text.hasSuffix(
                """

                WORKER  GAP P50     P99   P99.9  LONGEST  PREEMPTED  OFF CPU
                     0   < 2 µs  < 2 µs  < 2 µs        -          -        -
                     1   < 2 µs  7.2 µs  4.1 ms    2.5 s      1,234   250 ms

                """))
        #expect(
            GapsTable(reply: reply).rendered(.plain) == """
                   GAP  WORKER  CPU  ENDED AT                        CONTROL PLANE
                 2.5 s       1  3    1970-01-01T00:00:00.000000000Z  reload buildTables
                7.2 µs       1  3    1970-01-01T00:00:00.000000000Z  -

                """)
        reply.workers = [worker(0, none)]
        #expect(
            GapsTable(reply: reply).rendered(.plain)
                == "no gap between rounds was as long as 2.0 µs\n")
    }

    @Test("ports are in the order of the configuration")
    func portOrder() {
        let stats = StatsReply(
            time: Timestamp(seconds: 1), startedAt: Timestamp(seconds: 0), workers: 1,
            ledger: Ledger(), handoff: Handoff(), ports: ["a": PortTotals(), "wan": PortTotals()],
            portOrder: ["wan", "a"])
        #expect(StatsTable(reply: stats).rendered(.plain).contains(#/\nwan .*\na /#))
        let reload = ReloadReply(
            path: "f.yaml", loadedAt: Timestamp(seconds: 0), seconds: 0, routes: .init(),
            neighbours: .init(), crossConnects: .init(), ports: ["a": ["mtu"], "wan": ["mac"]],
            portOrder: ["wan", "a"], settings: [])
        #expect(ReloadTable(reply: reload).rendered(.plain).contains(#/\nports.wan .*\nports.a /#))
    }

    @Test func statsNameStalledWorkers() {
        let reply = StatsReply(
            time: Timestamp(seconds: 1), startedAt: Timestamp(seconds: 0), workers: 2,
            ledger: Ledger(), handoff: Handoff(), ports: [:], stalledWorkers: [1])
        #expect(
            StatsTable(reply: reply).rendered(.plain).hasPrefix(
                "2 workers, up 1 s\nworker 1 is stalled: see freeway workers\n\nLEDGER"))
    }

    @Test func dropTables() {
        let count = DropCount(
            reason: "noRoute", summary: "no route matches", frames: 1204, bytes: 72_240, kept: 2,
            rate: Rate(frames: 5000, bytes: 1, seconds: 4))
        func reply(_ seconds: Int64, _ reasons: [DropCount]) -> DropsReply {
            DropsReply(
                time: Timestamp(seconds: seconds), startedAt: Timestamp(seconds: 0),
                keptPerReason: 16, reasons: reasons)
        }
        #expect(DropsTable(reply: reply(1, [])).rendered(.plain) == "nothing was dropped\n")
        #expect(
            DropsTable(reply: reply(10, [count])).rendered(.plain) == """
                REASON   FRAMES   BYTES  FRAMES/S  KEPT
                noRoute   1,204  72,240     1,250     2  no route matches

                """)
        var earlier = count
        earlier.frames = 1000
        #expect(
            DropsTable(reply: reply(10, [count]), previous: reply(8, [earlier])).rendered(.plain)
                .contains("       102     2"))
        let frame = DroppedFrame(
            reason: "noRoute", time: Timestamp(seconds: 0), port: "wan", interface: "wan.100",
            worker: 0, stage: "route", length: 60, flow: "192.0.2.9 > 203.0.113.9 icmp",
            field: .init(name: "ipv4.destination", value: "203.0.113.9"), bytes: [1])
        var bare = frame
        (bare.port, bare.interface, bare.stage) = (nil, nil, nil)
        (bare.flow, bare.field) = (nil, nil)
        let table = DroppedFramesTable(
            reply: DroppedFramesReply(
                time: Timestamp(seconds: 1), count: count, samples: [frame, bare]))
        #expect(
            table.rendered(.plain) == """
                noRoute: no route matches; 1,204 frames, 2 kept

                TIME                            INTERFACE  WORKER  STAGE  LENGTH  FLOW                          FIELD
                1970-01-01T00:00:00.000000000Z  wan.100         0  route      60  192.0.2.9 > 203.0.113.9 icmp  ipv4.destination 203.0.113.9
                1970-01-01T00:00:00.000000000Z  -               0  -          60  -                             -

                """)
        let unclaimed = [
            UnclaimedTrafficCount(protocol: "udp", port: 161, frames: 1_200),
            UnclaimedTrafficCount(protocol: "protocol 89", port: nil, frames: 4),
        ]
        #expect(
            DroppedFramesTable(
                reply: DroppedFramesReply(
                    time: Timestamp(seconds: 1), count: count, samples: [], unclaimed: unclaimed)
            ).rendered(.plain) == """
                noRoute: no route matches; 1,204 frames, 0 kept

                PROTOCOL     PORT  FRAMES
                udp           161   1,200
                protocol 89     -       4

                """)
    }
}
