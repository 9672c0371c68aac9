// SPDX-License-Identifier: Apache-2.0

import Expectations
import FreewayConfiguration
import TestSupport
import Testing

/// How what left is shared out, counted over frames made by hand.
@Suite struct ShareTests {
    private let configuration: Configuration

    init() throws {
        configuration = try Configuration(
            yaml: """
                version: 1
                forward: route
                ports:
                  lan: {device: tap:lan, addresses: [192.0.2.254/24]}
                  dmz: {device: tap:dmz, addresses: [198.51.100.254/24]}
                  wan: {device: tap:wan}
                neighbours:
                  - {port: lan, address: 192.0.2.1, mac: 02:00:00:00:02:01}
                  - {port: lan, address: 192.0.2.2, mac: 02:00:00:00:02:02}
                """, path: "router.yaml")
    }

    /// Frames of flows from these ports, to an address of 10.1.0.0/16.
    private func frames(_ ports: Range<UInt16>, to mac: UInt64 = 1) -> [CapturedFrame] {
        ports.map { port in
            var bytes = Frames.udp(from: (0xc612_0505, port), to: (0x0a01_0001, 53))
            bytes.replaceSubrange(0..<6, with: [2, 0, 0, 0, 2, UInt8(mac)])
            return CapturedFrame(bytes)
        }
    }

    private func difference(
        _ share: String, _ got: [String: [CapturedFrame]]
    ) throws -> Difference? {
        let file = try CaseFile(yaml: "shares:\n  - \(share)", path: "case.yaml", dropReasons: [])
        return try #require(file.shares.first).difference(
            got: got, configuration: configuration, path: file.path)
    }

    private func texts(_ difference: Difference?) -> [String] {
        difference?.fields.map { "\($0.name): \($0.expected ?? "") | \($0.got ?? "")" } ?? []
    }

    @Test("shares within their bounds, both ends included, and just outside")
    func bounds() throws {
        let share = "{ports: {lan: 40..60 %, dmz: 40..60 %}}"
        for count: UInt16 in [40, 50, 60] {
            let got = ["lan": frames(0..<count), "dmz": frames(count..<100)]
            #expect(try difference(share, got) == nil, "\(count)")
        }
        let wrong = try difference(share, ["lan": frames(0..<39), "dmz": frames(39..<100)])
        #expect(wrong?.summary == "case.yaml:2:5: the shares are not as expected")
        #expect(
            texts(wrong) == [
                "lan: 40..60 % | 39 %, 39 of 100 flows", "dmz: 40..60 % | 61 %, 61 of 100 flows",
            ])
    }

    @Test("a flow counts once however many frames it has; frames count each")
    func units() throws {
        let got = ["lan": frames(0..<1) + frames(0..<1) + frames(0..<1), "dmz": frames(1..<2)]
        #expect(try difference("{ports: {lan: 50 %, dmz: 50 %}}", got) == nil)
        #expect(try difference("{of: frames, ports: {lan: 75 %, dmz: 25 %}}", got) == nil)
        #expect(
            texts(try difference("{of: frames, ports: {lan: 50 %, dmz: 50 %}}", got)) == [
                "lan: 50 % | 75 %, 3 of 4 frames", "dmz: 50 % | 25 %, 1 of 4 frames",
            ])
    }

    @Test("a flow that goes several ways is told, though the shares are right")
    func split() throws {
        let got = ["lan": frames(0..<51), "dmz": frames(50..<100)]
        let found = try difference("{ports: {lan: 40..60 %, dmz: 40..60 %}}", got)
        #expect(
            texts(found).last
                == "flows that go several ways: 0 | 1, such as udp 198.18.5.5:50 > 10.1.0.1:53")
        #expect(try difference("{of: frames, ports: {lan: 50..51 %, dmz: 49..50 %}}", got) == nil)
    }

    @Test("so many there must be, and some always")
    func counts() throws {
        let got = ["lan": frames(0..<50), "dmz": frames(50..<100)]
        #expect(try difference("{of: 100 flows, ports: {lan: 50 %, dmz: 50 %}}", got) == nil)
        #expect(
            texts(try difference("{of: 101 flows, ports: {lan: 50 %, dmz: 50 %}}", got)).last
                == "flows: 101 | 100")
        #expect(
            texts(try difference("{ports: {lan: 0..100 %, dmz: 0..100 %}}", [:])).last
                == "flows: some | 0")
    }

    @Test("next hops are known by port and MAC address; what goes elsewhere does not count")
    func nextHops() throws {
        let share = "{of: 100 flows, nextHops: {192.0.2.1: 70 %, 192.0.2.2: 30 %}}"
        let got = [
            "lan": frames(0..<70, to: 1) + frames(70..<100, to: 2) + frames(100..<110, to: 3),
            "dmz": frames(200..<300, to: 1),
        ]
        #expect(try difference(share, got) == nil)
        let all = ["lan": frames(0..<100, to: 1)]
        #expect(
            texts(try difference(share, all)) == [
                "192.0.2.1: 70 % | 100 %, 100 of 100 flows",
                "192.0.2.2: 30 % | 0 %, 0 of 100 flows",
            ])
    }

    @Test("only what goes to a network counts")
    func network() throws {
        let got = ["lan": frames(0..<10), "dmz": frames(10..<20)]
        #expect(try difference("{to: 10.1.0.0/16, ports: {lan: 50 %, dmz: 50 %}}", got) == nil)
        #expect(
            texts(try difference("{to: 10.2.0.0/16, ports: {lan: 50 %, dmz: 50 %}}", got)).last
                == "flows: some | 0")
    }
}
