// SPDX-License-Identifier: Apache-2.0

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
}
