// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import ProcessSupport
import Testing

/// Journeys of whole captures against what Scapy and Python say of each frame.
@Suite struct JourneyTests {
    @Test("each frame's exit and bytes are the expected ones", arguments: [1, 4])
    func exits(workers: Int) async throws {
        for folder in ["route", "route-no-default"] {
            let scratch = ScratchFolder()
            let explanation = try await explain(
                Self.words(folder, scratch) + ["--workers", "\(workers)"])
            let expected = try ExpectedRoutes.load(folder)
            #expect(explanation.frames.count == expected.frames.count)
            #expect(explanation.omitted == 0)
            let frames = explanation.byName
            var inputs: [String: [CapturedFrame]] = [:]
            var outputs: [String: [CapturedFrame]] = [:]
            var written: [String: [CapturedFrame]] = [:]
            for port in ["wan", "lan"] {
                inputs[port] = try CapturedFrame.all(
                    in: Repository.capture("\(folder)/\(port).in.pcap"))
                outputs[port] = try CapturedFrame.all(
                    in: Repository.capture("\(folder)/\(port).expect.pcap"))
                written[port] = try CapturedFrame.all(in: scratch.file("\(port).pcap"))
            }
            for entry in expected.frames {
                let what = "\(folder): \(entry.port) \(entry.number): \(entry.what)"
                let frame = try #require(
                    frames[FrameName(port: entry.port, frame: entry.number)], "\(what)")
                let input = try #require(inputs[entry.port])[entry.number - 1]
                #expect(frame.entryBytes == String(hexadecimal: input.bytes), "\(what)")
                let drop = frame.journey.exits.first { $0.kind == .dropped }
                #expect(drop?.reason == entry.dropped, "\(what)")
                guard let sent = entry.transmitted else {
                    #expect(frame.journey.steps.last?.stage == drop?.stage, "\(what)")
                    #expect(frame.exitBytes == nil, "\(what)")
                    continue
                }
                // What Freeway says of a packet that it drops leaves behind it; of one in parts the first counts.
                let exit = try #require(frame.journey.exits.first { $0.kind == .transmitted })
                #expect(exit.port == sent.port, "\(what)")
                let output = try #require(outputs[sent.port])[sent.number - 1]
                #expect(frame.exitBytes == String(hexadecimal: output.bytes), "\(what)")
                // The number is that of the capture which this very run wrote.
                let number = try #require(exit.frame, "\(what)")
                #expect(written[sent.port]?[number - 1].bytes == output.bytes, "\(what)")
                if workers == 1 { #expect(number == sent.number, "\(what)") }
            }
        }
    }

    @Test("each frame's route and deciding field are the expected ones", arguments: [1, 4])
    func facts(workers: Int) async throws {
        for folder in ["route", "route-no-default"] {
            let scratch = ScratchFolder()
            let frames = try await explain(
                Self.words(folder, scratch) + ["--workers", "\(workers)"]
            ).byName
            for expected in try ExpectedJourney.load(folder) {
                let name = "\(folder): \(expected.port) \(expected.frame)"
                let journey = try #require(frames[FrameName(expected)], "\(name)").journey
                expectRoute(of: journey, expected, name)
                #expect(journey.dropReason == expected.dropped, "\(name)")
                #expect(journey.exits[0].field == expected.field, "\(name)")
                if let value = expected.value {
                    #expect(
                        journey.exits[0].value?.hasPrefix(value) == true, "\(name) \(journey.exits)"
                    )
                }
            }
        }
    }

    @Test("a group's member and the flow's hash are the ones that Python computes")
    func multipath() async throws {
        let folder = Repository.capture("route-ecmp")
        let frames = try await explain([
            "\(folder)/route.yaml", "--in", "wan=\(folder)/wan.in.pcap", "--limit", "100000",
        ]).byName
        #expect(frames.count == 16_960)
        let macs = [
            "198.51.100.2": "02:00:00:00:02:02", "198.51.100.3": "02:00:00:00:02:03",
            "198.51.100.130": "02:00:00:00:03:82",
        ]
        var members: Set<String> = []
        for expected in try ExpectedJourney.load("route-ecmp") {
            let frame = try #require(frames[FrameName(expected)])
            expectRoute(of: frame.journey, expected, "frame \(expected.frame)")
            let mac = try #require(expected.route["nextHop"].flatMap { macs[$0] })
            #expect(frame.journey.step("route")?.facts["nextHop.mac"]?.text == mac)
            // Where the frame really went.
            #expect(
                frame.exitBytes?.hasPrefix(mac.replacingOccurrences(of: ":", with: "")) == true)
            members.insert("\(expected.route["prefix"]!) \(expected.route["member"]!)")
        }
        #expect(members.count == 7, "every member of every group is among them")
        #expect(
            frames.values.allSatisfy { $0.journey.step("route")?.facts["agrees"] == true })
    }

    @Test("rewritten fields are told before and after")
    func rewrite() async throws {
        let scratch = ScratchFolder()
        let explanation = try await explain(Self.words("route", scratch))
        var seen = 0
        for frame in explanation.frames
        where frame.journey.exits[0].kind == .transmitted
            && !frame.journey.steps.contains(where: { $0.text.hasPrefix("Freeway says") })
        {
            let facts = try #require(frame.journey.step("rewrite")).facts
            let before = bytes(frame.entryBytes)
            let after = bytes(try #require(frame.exitBytes))
            // Offsets of RFC 791 behind an Ethernet header.
            #expect(facts["ipv4.timeToLive.before"] == "\(before[22])")
            #expect(facts["ipv4.timeToLive.after"] == "\(after[22])")
            #expect(after[22] == before[22] - 1)
            #expect(
                facts["ipv4.headerChecksum.after"]?.text
                    == "0x" + String(hexadecimal: Array(after[24..<26])))
            #expect(
                facts["ethernet.destination"]?.text?.replacingOccurrences(of: ":", with: "")
                    == String(hexadecimal: Array(after[0..<6])))
            seen += 1
        }
        #expect(seen == 375)
    }

    @Test("a journey does not depend on the number of workers")
    func workers() async throws {
        var journeys: [[FrameJourney]] = []
        for workers in ["1", "4"] {
            let folder = Repository.capture("route")
            journeys.append(
                try await explain([
                    "\(folder)/route.yaml", "--in", "wan=\(folder)/wan.in.pcap", "--in",
                    "lan=\(folder)/lan.in.pcap", "--limit", "1000", "--workers", workers,
                ]).frames.map(\.journey))
        }
        #expect(journeys[0].count == 723)
        #expect(journeys[0] == journeys[1])
    }

    @Test("a cross-connect sends every frame unchanged", arguments: ["1", "3"])
    func crossConnect(workers: String) async throws {
        let folder = Repository.capture("cross-connect")
        let explanation = try await explain([
            "\(folder)/cross-connect.yaml", "--in", "left=\(folder)/left.in.pcap", "--in",
            "right=\(folder)/right.in.pcap", "--limit", "1000", "--workers", workers,
        ])
        #expect(explanation.frames.count == 288)
        for frame in explanation.frames {
            #expect(frame.exitBytes == frame.entryBytes)
            #expect(
                frame.journey.exits[0].port == (frame.journey.port == "left" ? "right" : "left"))
            #expect(frame.journey.steps.map(\.stage) == ["receive", "crossConnect"])
        }
    }

    /// Frames at or before a step are told of by the configuration before it, later ones by the new one.
    @Test("a reload on the way changes what journeys tell", arguments: ["1", "3"])
    func reload(workers: String) async throws {
        let folder = Repository.path("Tests/Cases/step-reload-over-neighbour")
        let journeys = try await explain([
            "\(folder)/freeway.yaml", "--in", "wan=\(folder)/wan.in.pcap", "--step",
            "1s:reload=\(folder)/after.yaml", "--workers", workers,
        ]).frames.map(\.journey)
        let routes = try journeys.map { try #require($0.step("route")).facts }
        #expect(routes.map { $0["source"] } == ["neighbour", "route"])
        #expect(routes.map { $0["prefix"] } == ["198.51.100.3/32", "198.51.100.3/32"])
        #expect(routes.map { $0["nextHop"] } == ["198.51.100.3", "198.51.100.2"])
        #expect(routes.allSatisfy { $0["agrees"] == true })
    }

    @Test("a link that goes down on the way is the field that decides")
    func linkDown() async throws {
        let down = try await explain([
            Repository.capture("route/route.yaml"), "--in",
            "wan=\(Repository.capture("route/wan.in.pcap"))", "--step", "0ms:link-down=lan",
        ]).frames.map(\.journey)
        // The first frame comes before a step at its own time; all that is told of goes to lan.
        #expect(down.count == 20)
        #expect(down.first?.exits.first?.kind == .transmitted)
        for journey in down.dropFirst() {
            #expect(journey.dropReason == "linkDown" && journey.exits[0].stage == "route")
            #expect(journey.exits[0].field == "port" && journey.exits[0].value == "lan")
            #expect(journey.step("route")?.facts["agrees"] == true)
        }
    }

    /// A group over a host behind dmz, one behind lan and one behind lan whose MAC nobody knows. What each
    /// flow's frame leaves with, or is dropped for, says which hop the worker took: the account must name it.
    @Test(
        "fail-over is told as it happens: the next hop that the worker took, and no fault",
        arguments: ["1", "3"])
    func failOver(workers: String) async throws {
        let scratch = ScratchFolder()
        let router = try scratch.write(
            """
            version: 1
            forward: route
            memory: {routes: 100}
            ports:
              wan: {device: vdev:net_null0, mac: 02:00:00:00:01:01, addresses: [192.0.2.1/24], admit: any}
              lan: {device: vdev:net_null1, mac: 02:00:00:00:02:01, addresses: [198.51.100.1/24]}
              dmz: {device: vdev:net_null2, mac: 02:00:00:00:03:01, addresses: [203.0.113.1/24]}
            routes:
              - {to: 10.0.0.0/8, via: [203.0.113.2, 198.51.100.2, 198.51.100.77]}
            neighbours:
              - {port: lan, address: 198.51.100.2, mac: 02:00:00:00:02:02}
              - {port: dmz, address: 203.0.113.2, mac: 02:00:00:00:03:02}

            """, to: "router.yaml")
        let capture = Repository.capture("route-ecmp/wan.in.pcap")
        let members = ["203.0.113.2": "1", "198.51.100.2": "2", "198.51.100.77": "3"]
        let hopOfMAC = ["020000000302": "203.0.113.2", "020000000202": "198.51.100.2"]
        func hops(_ steps: [String]) async throws -> [FrameName: String] {
            var hops: [FrameName: String] = [:]
            let explanation = try await explain(
                [router, "--in", "wan=\(capture)", "--limit", "600", "--workers", workers] + steps)
            #expect(explanation.frames.count == 600)
            for frame in explanation.frames {
                let journey = frame.journey
                let facts = try #require(journey.step("route")).facts
                let hop: String?
                switch journey.dropReason {
                case nil: hop = frame.exitBytes.flatMap { hopOfMAC[String($0.prefix(12))] }
                // Of a drop the stage tells no more than the port: the one host there without a MAC.
                case "noNeighbour", "neighbourQueueFull": hop = "198.51.100.77"
                default: hop = facts["nextHop"]?.text
                }
                #expect(facts["nextHop"]?.text == hop, "frame \(journey.frame): \(facts)")
                #expect(facts["member"]?.text == hop.flatMap { members[$0] })
                #expect(facts["agrees"] == true, "frame \(journey.frame): \(journey.steps)")
                #expect(!journey.steps.contains { $0.text.contains("fault") })
                if journey.dropReason == "noNeighbour" {
                    #expect(
                        journey.exits[0].value?.hasSuffix(
                            ", 198.51.100.77 on lan did not answer") == true)
                }
                hops[FrameName(journey)] = hop
            }
            return hops
        }
        let before = try await hops([])
        #expect(Set(before.values) == Set(members.keys))
        let down = try await hops(["--step", "0ms:link-down=dmz"])
        // The first frame comes before a step at its own time.
        #expect(down.values.filter { $0 == "203.0.113.2" }.count <= 1)
        for (frame, hop) in before where hop != "203.0.113.2" {
            #expect(down[frame] == hop, "flows of the others stay")
        }
        // Nobody is left: each flow is dropped at its own next hop.
        let all = try await hops(
            ["--step", "0ms:link-down=dmz", "--step", "0ms:link-down=lan"])
        #expect(all == before)
    }

    @Test("frames beyond the limit are counted, not told")
    func limit() async throws {
        let folder = Repository.capture("route")
        for workers in ["1", "4"] {
            let explanation = try await explain([
                "\(folder)/route.yaml", "--in", "wan=\(folder)/wan.in.pcap", "--limit", "7",
                "--workers", workers,
            ])
            #expect(explanation.frames.map(\.journey.frame) == Array(1...7))
            #expect(explanation.omitted == 476)
        }
    }

    static func words(_ folder: String, _ scratch: ScratchFolder) -> [String] {
        let path = Repository.capture(folder)
        return ["\(path)/route.yaml", "--limit", "100000"]
            + ["wan", "lan"].flatMap { port in
                [
                    "--in", "\(port)=\(path)/\(port).in.pcap", "--out",
                    "\(port)=\(scratch.file("\(port).pcap"))",
                ]
            }
    }

    private func expectRoute(
        of journey: FrameJourney, _ expected: ExpectedJourney, _ name: String
    ) {
        let facts = journey.step("route")?.facts ?? [:]
        for fact in [
            "prefix", "source", "nextHop", "nextHop.port", "flowHash", "flowSeed", "member",
            "members",
        ] {
            #expect(facts[fact]?.text == expected.route[fact], "\(name): \(fact)")
        }
        if !facts.isEmpty { #expect(facts["agrees"] == true, "\(name)") }
    }

    private func bytes(_ text: String) -> [UInt8] {
        let digits = Array(text.utf8)
        return stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
        }
    }
}

/// The frames of an `expected.json` of Tests/Captures.
struct ExpectedRoutes: Decodable {
    struct Frame: Decodable {
        struct Sent: Decodable {
            let port: String
            let number: Int
        }

        let port: String
        let number: Int
        let what: String
        let dropped: String?
        let transmitted: Sent?
    }

    let frames: [Frame]

    static func load(_ folder: String) throws -> ExpectedRoutes {
        let path = Repository.capture("\(folder)/expected.json")
        return try JSONDecoder().decode(
            ExpectedRoutes.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }
}
