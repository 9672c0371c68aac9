// SPDX-License-Identifier: Apache-2.0

import Captures
import ControlAPI
import Foundation
import ProcessSupport
import Testing

/// Next hops with several members: which member takes a flow is the forwarder's choice, so properties
/// are tested and no bytes. Tests/Captures/README.md names them.
@Suite struct ReplayMultipathTests {
    struct Member: Decodable {
        let port: String
        let mac: String
        let share: Double
    }

    struct Group: Decodable {
        struct Flows: Decodable {
            let first: Int
            let count: Int
        }

        let flows: Flows
        let members: [Member]
    }

    struct Expected: Decodable {
        let received: UInt64
        let tolerance: Double
        let framesByFlow: [Int]
        let groupByFlow: [Int]
        let groups: [Group]
    }

    @Test("a flow stays with one member, and each member has its share", arguments: [1, 4])
    func shares(workers: Int) async throws {
        let folder = Repository.capture("route-ecmp")
        let expected = try JSONDecoder().decode(
            Expected.self, from: Data(contentsOf: URL(fileURLWithPath: "\(folder)/expected.json")))
        let scratch = ScratchFolder()
        let outcome = try await FreewayProcess.run([
            "replay", "\(folder)/route.yaml", "--in", "wan=\(folder)/wan.in.pcap", "--out",
            "east=\(scratch.file("east"))", "--out", "west=\(scratch.file("west"))",
            "--workers", "\(workers)", "--json",
        ])
        try #require(outcome.code == 0, "\(outcome)")
        let ledger = try outcome.decoded(ReplayReport.self).ledger
        #expect(ledger.received == expected.received)
        #expect(ledger.transmitted == expected.received)

        var memberOfFlow: [Int: String] = [:]
        var frames = [Int](repeating: 0, count: expected.framesByFlow.count)
        for port in ["east", "west"] {
            for frame in try CapturedFrame.all(in: scratch.file(port)) {
                let flow = frame.bytes.suffix(4).reduce(0) { $0 << 8 | Int($1) }
                let mac = frame.bytes.prefix(6).map {
                    String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
                }
                let member = "\(port) \(mac.joined(separator: ":"))"
                frames[flow] += 1
                if memberOfFlow.updateValue(member, forKey: flow) ?? member != member {
                    Issue.record("flow \(flow) goes to more than one member")
                    return
                }
            }
        }
        #expect(frames == expected.framesByFlow)
        for (number, group) in expected.groups.enumerated() {
            let range = group.flows.first..<group.flows.first + group.flows.count
            for member in group.members {
                let name = "\(member.port) \(member.mac)"
                let count = range.count { memberOfFlow[$0] == name }
                let share = Double(count) / Double(range.count)
                #expect(abs(share - member.share) <= expected.tolerance, "\(name): \(share)")
            }
            let names = Set(group.members.map { "\($0.port) \($0.mac)" })
            let others = memberOfFlow.filter {
                expected.groupByFlow[$0.key] == number && !names.contains($0.value)
            }
            #expect(others.isEmpty)
        }
    }

    /// Two routers in a row, each with two next hops for all flows: what the first sends by one of them
    /// leaves the second by both, half by each.
    @Test("the second router of a row uses all its next hops", arguments: ["", "hash: {seed: 7}"])
    func secondRouter(settings: String) async throws {
        let scratch = ScratchFolder()
        let capture = Repository.capture("route-ecmp/wan.in.pcap")
        let first = try scratch.write(Self.router("192.0.2.1", "198.51.100.1"), to: "first.yaml")
        // The one has other addresses, or the same ones and a seed.
        let second = try scratch.write(
            (settings.isEmpty
                ? Self.router("203.0.113.1", "198.51.100.4")
                : Self.router("192.0.2.1", "198.51.100.1")) + settings + "\n", to: "second.yaml")
        let before = try await Self.replay(first, capture, scratch)
        #expect(before.count == 16_960)
        // Those to the first next hop that may be forwarded once more.
        let one = before.filter { $0[5] == 2 && $0[22] > 1 }
        #expect(one.count > 4000)
        let between = scratch.file("between.pcap")
        let writer = try CaptureWriter(path: between)
        for frame in one { try frame.withUnsafeBytes { try writer.write($0, time: 0) } }
        try writer.flush()
        try writer.publish()
        for (router, share) in [(first, 1.0), (second, 0.5)] {
            let after = try await Self.replay(router, between, scratch)
            #expect(after.count == one.count)
            let part = Double(after.count { $0[5] == 2 }) / Double(after.count)
            #expect(abs(part - share) < 0.05, "\(router): \(part)")
        }
    }

    private static func router(_ wan: String, _ lan: String) -> String {
        """
        version: 1
        forward: route
        memory: {routes: 100}
        ports:
          wan: {device: vdev:net_null0, addresses: [\(wan)/24], admit: any}
          lan: {device: vdev:net_null1, addresses: [\(lan)/24]}
        routes:
          - {to: 10.0.0.0/8, via: [198.51.100.2, 198.51.100.3]}
        neighbours:
          - {port: lan, address: 198.51.100.2, mac: 02:00:00:00:02:02}
          - {port: lan, address: 198.51.100.3, mac: 02:00:00:00:02:03}

        """
    }

    /// What leaves by lan.
    private static func replay(
        _ router: String, _ capture: String, _ scratch: ScratchFolder
    ) async throws -> [[UInt8]] {
        let output = scratch.file("lan.pcap")
        let outcome = try await FreewayProcess.run([
            "replay", router, "--in", "wan=\(capture)", "--out", "lan=\(output)",
        ])
        try #require(outcome.code == 0, "\(outcome)")
        return try CapturedFrame.all(in: output).map(\.bytes)
    }
}
