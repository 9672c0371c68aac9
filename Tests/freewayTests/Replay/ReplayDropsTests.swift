// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import ProcessSupport
import Testing

/// The frames that a replay dropped, as JSON and as pcapng.
@Suite struct ReplayDropsTests {
    static let words = [
        "replay", Repository.capture("route/route.yaml"), "--json", "--in",
        "wan=\(Repository.capture("route/wan.in.pcap"))", "--in",
        "lan=\(Repository.capture("route/lan.in.pcap"))",
    ]

    @Test("a file that cannot be made ends the replay before it begins")
    func unwritable() async throws {
        let scratch = ScratchFolder()
        for (path, reason) in [
            ("/nonexistent/drops.pcapng", "cannot be created: No such file or directory"),
            (scratch.path, "is a directory"),
        ] {
            let outcome = try await FreewayProcess.run(
                Self.words + ["--drops", path, "--out", "lan=\(scratch.file("lan.pcap"))"])
            #expect(outcome.code == 73)
            #expect(outcome.errors == "freeway: \(path): \(reason)\n")
            #expect(scratch.names == [])
        }
    }

    @Test("the last 16 of each reason are kept, and --drops writes those of the report")
    func kept() async throws {
        let scratch = ScratchFolder()
        let path = scratch.file("drops.pcapng")
        let outcome = try await FreewayProcess.run(Self.words + ["--drops", path])
        try #require(outcome.code == 0, "\(outcome)")
        let report = try outcome.decoded(ReplayReport.self)
        #expect(report.drops.keys.sorted() == report.ledger.dropped.keys.sorted())
        let inputs = try [
            "wan": CapturedFrame.all(in: Repository.capture("route/wan.in.pcap")),
            "lan": CapturedFrame.all(in: Repository.capture("route/lan.in.pcap")),
        ]
        for (reason, frames) in report.drops {
            #expect(frames.count == min(16, Int(report.ledger.dropped[reason] ?? 0)), "\(reason)")
            #expect(frames.map(\.time) == frames.map(\.time).sorted())
            for frame in frames {
                #expect(frame.reason == reason && frame.worker == 0 && frame.stage != nil)
                // The frame is found in the port's capture, at its time.
                let port = try #require(frame.port.flatMap { inputs[$0] })
                let bytes = try #require(frame.decodedBytes)
                #expect(
                    port.contains {
                        // One that waited in vain was dropped when it had waited three seconds.
                        let age = frame.time.since1970 - $0.time
                        return
                            (reason == "noNeighbour" ? age > 0 && age <= 3_000_000_000 : age == 0)
                            && $0.bytes.count == frame.length
                            && Array($0.bytes.prefix(192)) == bytes
                    }, "\(frame)")
            }
        }
        let dump = try await PcapngDump(path: path)
        #expect(dump.interfaces.map(\.name) == ["wan", "lan"])
        #expect(dump.frames.map(\.time) == dump.frames.map(\.time).sorted())
        let written = dump.frames.map {
            "\($0.time) \(dump.interfaces[$0.interface].name) \($0.length) \($0.bytes) \($0.comment ?? "")"
        }
        let reported = report.drops.values.flatMap { $0 }.map {
            "\($0.time.since1970) \($0.port ?? "") \($0.length) \($0.bytes) \($0.comment)"
        }
        #expect(written.sorted() == reported.sorted())
        #expect(scratch.names == ["drops.pcapng"])
    }

    /// What a person would look for, by Scapy's word in Tests/Captures/generate.py: 203.0.113.0/24 has
    /// no route there.
    @Test("the field that decided is named, with the flow")
    func fields() async throws {
        let scratch = ScratchFolder()
        let config = try scratch.write(
            """
            version: 1
            forward: route
            ports:
              wan: {device: "vdev:net_null0", addresses: [192.0.2.1/24], admit: any}

            """, to: "config.yaml")
        let capture = scratch.file("in.pcap")
        let made = try await FreewayProcess.run(
            [
                "-c",
                """
                import sys
                from scapy.all import Ether, IP, UDP, ARP, wrpcap
                frames = [
                    Ether(src="02:00:00:00:00:09", dst="02:00:00:00:00:01")
                    / IP(src="192.0.2.9", dst="203.0.113.9") / UDP(sport=1000, dport=53),
                    Ether(src="02:00:00:00:00:09", dst="02:00:00:00:00:01")
                    / IP(src="192.0.2.9", dst="203.0.113.9", chksum=0x1234) / UDP(),
                    Ether(src="02:00:00:00:00:09", dst="ff:ff:ff:ff:ff:ff")
                    / ARP(hwsrc="02:00:00:00:00:09", psrc="192.0.2.9", pdst="192.0.2.7"),
                ]
                for number, frame in enumerate(frames):
                    frame.time = 1700000000 + number
                wrpcap(sys.argv[1], frames)
                print("%04x" % IP(bytes(IP(src="192.0.2.9", dst="203.0.113.9") / UDP())).chksum)
                """, capture,
            ], program: "/usr/bin/python3")
        try #require(made.code == 0, "\(made)")
        let outcome = try await FreewayProcess.run([
            "replay", config, "--json", "--in", "wan=\(capture)",
        ])
        let drops = try outcome.decoded(ReplayReport.self).drops
        #expect(drops.count == 3)
        let noRoute = try #require(drops["noRoute"]?.first)
        #expect(noRoute.time == Timestamp(seconds: 1_700_000_000))
        #expect(noRoute.flow == "192.0.2.9:1000 > 203.0.113.9:53 udp")
        #expect(noRoute.field == .init(name: "ipv4.destination", value: "203.0.113.9"))
        #expect(noRoute.stage == "route")
        #expect(
            noRoute.comment == "noRoute in route: ipv4.destination 203.0.113.9 (worker 0)")
        let right = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(
            drops["badChecksum"]?.first?.field
                == .init(name: "ipv4.headerChecksum", value: "0x1234, computed 0x\(right)"))
        let arp = try #require(drops["arpNotForUs"]?.first)
        #expect(arp.flow == "02:00:00:00:00:09 > ff:ff:ff:ff:ff:ff 0x0806")
        #expect(arp.field?.name == "arp.targetAddress")
        #expect(arp.stage == "admit")
    }

    @Test("the number of workers changes nothing but their numbers", arguments: [2, 4])
    func workers(count: Int) async throws {
        var seen: [[String: [String]]] = []
        for workers in [1, count] {
            let outcome = try await FreewayProcess.run(Self.words + ["--workers", "\(workers)"])
            let report = try outcome.decoded(ReplayReport.self)
            seen.append(
                report.drops.mapValues { frames in
                    frames.map { "\($0.time) \($0.port ?? "") \($0.stage ?? "") \($0.bytes)" }
                })
        }
        #expect(seen[0] == seen[1])
    }

    @Test("--drop-samples says how many are kept", arguments: [0, 3, 1024])
    func howMany(kept: Int) async throws {
        let outcome = try await FreewayProcess.run(Self.words + ["--drop-samples", "\(kept)"])
        let report = try outcome.decoded(ReplayReport.self)
        for (reason, frames) in report.ledger.dropped {
            #expect(report.drops[reason]?.count ?? 0 == min(kept, Int(frames)), "\(reason)")
        }
    }
}

extension Timestamp {
    fileprivate var since1970: UInt64 { UInt64(seconds) * 1_000_000_000 + UInt64(nanoseconds) }
}
