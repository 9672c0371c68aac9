// SPDX-License-Identifier: Apache-2.0

import PacketFields
import TestSupport
import Testing

@testable import Expectations

/// `checksums: valid`: what left is judged, whatever the expected frame says.
@Suite struct ChecksumTests {
    private static let rules = ComparisonRules(checksums: .valid)

    private func differences(_ expected: [UInt8], _ got: [UInt8]) -> [Difference] {
        Comparison(
            expected: [CapturedFrame(expected)], got: [CapturedFrame(got)], rules: Self.rules
        ).differences
    }

    /// A packet over IPv4 whose upper layer's checksum is put in by RFC 1071's own words.
    private static func packet(
        _ number: UInt8, _ payload: [UInt8], checksumAt offset: Int, hasPseudoHeader: Bool = true
    ) -> [UInt8] {
        let addresses = Frames.big(0xc000_0201, 4) + Frames.big(0xc633_6407, 4)
        let pseudo =
            hasPseudoHeader ? addresses + [0, number] + Frames.big(UInt64(payload.count), 2) : []
        let sum = Frames.checksum(pseudo + payload)
        return Frames.ipv4 {
            $0.ipProtocol = number
            $0.payload = payload
            $0.payload.replaceSubrange(offset..<offset + 2, with: Frames.big(UInt64(sum), 2))
        }
    }

    private static let udp = packet(
        17, [UInt8](hex: "03e8 0035 000b 0000 010203"), checksumAt: 6)
    private static let tcp = packet(
        6, [UInt8](hex: "03e8 0050 00000001 00000002 5010 2000 0000 0000 616263"), checksumAt: 16)
    private static let icmp = packet(
        1, [UInt8](hex: "0800 0000 0001 0002 6162"), checksumAt: 2, hasPseudoHeader: false)

    @Test("right checksums are not compared with the expected ones")
    func right() {
        for (frame, offset) in [(Self.udp, 40), (Self.tcp, 50), (Self.icmp, 36)] {
            var literal = frame
            literal[offset] ^= 0xff
            literal[24] ^= 0xff
            #expect(differences(literal, frame) == [])
        }
    }

    @Test(
        "a wrong one is named, with what is right",
        arguments: [
            ("udp.checksum", udp, 40), ("tcp.checksum", tcp, 50), ("icmp.checksum", icmp, 36),
            ("ipv4.headerChecksum", udp, 24),
        ])
    func wrong(name: String, frame: [UInt8], offset: Int) {
        var got = frame
        got[offset] ^= 0x01
        let found = differences(frame, got)
        #expect(found.map(\.kind) == [.checksum])
        func hex(_ frame: [UInt8]) -> String {
            let digits = String(Int(frame[offset]) << 8 | Int(frame[offset + 1]), radix: 16)
            return "0x" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        #expect(
            found.first?.fields == [
                FieldDifference(name: name, expected: hex(frame), got: hex(got))
            ])
    }

    @Test("UDP over IPv4 may have none (RFC 768); over IPv6 it must have one (RFC 8200, 8.1)")
    func none() {
        var over4 = Self.udp
        over4[40] = 0
        over4[41] = 0
        #expect(differences(Self.udp, over4) == [])
        let over6 = [UInt8](
            hex: """
                020000000001 020000000002 86dd
                60000000 0008 11 40 20010db8000000000000000000000001 20010db8000000000000000000000002
                03e8 0035 0008 0000
                """)
        #expect(differences(over6, over6).flatMap(\.fields).map(\.name) == ["udp.checksum"])
    }

    @Test("a fragment's upper layer is not judged; its header is")
    func fragment() {
        var fragment = Frames.ipv4 {
            $0.fragment = 0x2000
            $0.payload = [UInt8](hex: "03e8 0035 0100 1234 0102030405060708")
        }
        #expect(differences(fragment, fragment) == [])
        fragment[24] ^= 1
        #expect(
            differences(fragment, fragment).flatMap(\.fields).map(\.name)
                == ["ipv4.headerChecksum"])
    }

    @Test("an ignored checksum is not judged")
    func ignored() {
        var got = Self.udp
        got[40] ^= 1
        let rules = ComparisonRules(ignored: [.udpChecksum], checksums: .valid)
        let comparison = Comparison(
            expected: [CapturedFrame(Self.udp)], got: [CapturedFrame(got)], rules: rules)
        #expect(comparison.isEqual)
    }

    @Test(
        "frames of real captures are judged as tshark judges them",
        arguments: [
            ("zeek-wikipedia.pcap", [Int]()), ("zeek-chksums-good.pcap", [4, 5]),
            ("zeek-chksums-bad.pcap", Array(1...13) + [15, 16, 19, 20, 22]),
        ])
    func realFrames(name: String, bad: [Int]) throws {
        // tshark 4.0 with all checks of checksums on, frames with a status of "bad"; but 4 and 5 of the
        // good ones, whose real source is in a home address option (RFC 6275, 11.3.1): not known here.
        let frames = try CapturedFrame.all(in: Repository.realCapture(name))
        #expect(!frames.isEmpty)
        let found = Comparison(expected: frames, got: frames, rules: Self.rules).differences
        #expect(found.map(\.gotFrame) == bad)
        #expect(found.allSatisfy { $0.kind == .checksum && $0.fields.count == 1 })
    }
}
