// SPDX-License-Identifier: Apache-2.0

import Foundation
import PacketHeaders
import TestSupport
import Testing

@testable import PacketFields

/// `--packet`: what is wrong is named with its place; what is right has the bytes that Scapy gives it.
@Suite struct PacketTextTests {
    struct Sample: Decodable {
        let packet: String
        let bytes: String
    }

    /// Written by Tests/Captures/packets.py.
    static let samples: [Sample] = {
        let file = Repository.root.appendingPathComponent("Tests/Captures/journeys/packets.json")
        // swift-format-ignore: NeverUseForceTry
        return try! JSONDecoder().decode([Sample].self, from: Data(contentsOf: file))
    }()

    @Test func eachSampleHasTheBytesThatScapyGives() throws {
        #expect(Self.samples.count == 19)
        for sample in Self.samples {
            let bytes = try PacketText(sample.packet).bytes(forPort: "02:00:00:00:01:01")
            let text = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
            #expect(text.joined() == sample.bytes, "\(sample.packet)")
        }
    }

    @Test(arguments: [
        ("", 1, "ipv4, ipv6 or arp is missing at the end"),
        (
            "ipv5 1.2.3.4 > 1.2.3.4", 1,
            "\"ipv5\" is not a kind of packet; did you mean \"ipv4\"? There are ipv4, ipv6, arp"
        ),
        ("ipv4 1.2.3.256 > 1.2.3.4", 6, "\"1.2.3.256\" is not an IPv4 address such as 192.0.2.7"),
        ("ipv4 1.2.3.4", 13, "\">\" and an IPv4 address such as 192.0.2.7 is missing at the end"),
        (
            "ipv4 1.2.3.4 1.2.3.5", 14,
            "\"1.2.3.5\" stands where \">\" must be, with spaces around it"
        ),
        ("ipv6 ::1 > 1.2.3.4", 12, "\"1.2.3.4\" is not an IPv6 address such as 2001:db8::7"),
        ("ipv4 1.2.3.4 > 1.2.3.5 udp 65536 > 1", 28, "\"65536\" is not a port from 0 to 65535"),
        ("ipv4 1.2.3.4 > 1.2.3.5 udp -1 > 1", 28, "\"-1\" is not a port from 0 to 65535"),
        ("ipv4 1.2.3.4 > 1.2.3.5 udp 1 > 1 tcp 1 > 1", 34, "protocol is given twice"),
        ("ipv4 1.2.3.4 > 1.2.3.5  ttl 256", 29, "\"256\" is not a number from 0 to 255 for ttl"),
        ("ipv4 1.2.3.4 > 1.2.3.5 ttl 1 ttl 2", 30, "ttl is given twice"),
        ("ipv4 1.2.3.4 > 1.2.3.5 ttl", 27, "a number from 0 to 255 for ttl is missing at the end"),
        ("ipv6 ::1 > ::2 checksum 1", 16, "checksum is a field of ipv4 packets"),
        ("arp 1.2.3.4 > 1.2.3.5 udp 1 > 2", 23, "an arp packet carries no udp"),
        ("arp 1.2.3.4 > 1.2.3.5 ttl 1", 23, "an arp packet has no ttl"),
        (
            "ipv4 1.2.3.4 > 1.2.3.5 flags S", 24,
            "flags are TCP's: write tcp and its ports before them"
        ),
        (
            "ipv4 1.2.3.4 > 1.2.3.5 tcp 1 > 2 flags SX", 40,
            "\"SX\" is not TCP flags, some of F, S, R, P, A, U, E and C"
        ),
        (
            "ipv4 1.2.3.4 > 1.2.3.5 offset 9", 31,
            "9 is not a multiple of 8, which a fragment's offset must be"
        ),
        (
            "ipv4 1.2.3.4 > 1.2.3.5 udp 1 > 2 length 27", 43,
            "length is 27, but the packet's parts have 28"
        ),
        (
            "ipv4 1.2.3.4 > 1.2.3.5 payload 123", 32,
            "\"123\" is not a payload in hexadecimal digits"
        ),
        (
            "ipv4 1.2.3.4 > 1.2.3.5 to 02:00", 27,
            "\"02:00\" is not a MAC address such as 02:00:00:00:00:01"
        ),
        ("vlan 4096 ipv4 1.2.3.4 > 1.2.3.5", 6, "\"4096\" is not a number from 0 to 4095 for vlan"),
    ])
    func whatIsWrongIsNamedWithItsPlace(text: String, column: Int, message: String) {
        #expect(throws: PacketTextError(column: column, message: message)) {
            try PacketText(text)
        }
    }

    @Test func aFrameThatNoCaptureHoldsIsRefused() throws {
        let most = String(repeating: "00", count: 65_535 - 14 - 20)
        #expect(
            try PacketText("ipv4 1.2.3.4 > 1.2.3.5 payload \(most)").bytes(forPort: "").count
                == 65_535)
        #expect(throws: PacketTextError.self) {
            try PacketText("ipv4 1.2.3.4 > 1.2.3.5 payload \(most)00")
        }
        #expect(throws: PacketTextError.self) {
            try PacketText("vlan 1 ipv4 1.2.3.4 > 1.2.3.5 payload \(most)")
        }
    }

    /// Seed 5: words in any order, each of them legal somewhere. Nothing traps.
    @Test func wordsInAnyOrderGiveAPacketOrAnError() {
        var random = Words(state: 5)
        let words = [
            "ipv4", "ipv6", "arp", "udp", "tcp", "icmp", "protocol", ">", "1.2.3.4", "::1", "0",
            "1",
            "65535", "ttl", "tos", "id", "df", "mf", "offset", "length", "flags", "checksum",
            "payload", "ab", "vlan", "from", "to", "02:00:00:00:00:01", "SA", "é", "0x", "-1",
        ]
        var packets = 0
        for _ in 0..<20_000 {
            var text = ["ipv4 1.2.3.4 > 1.2.3.4", "ipv6 ::1 > ::2", ""][random.next(3)]
            for _ in 0..<random.next(8) { text += " " + words[random.next(words.count)] }
            if let packet = try? PacketText(text) {
                packets += 1
                #expect(packet.bytes(forPort: "x").count >= 14)
            }
        }
        #expect(packets > 100)
    }

    @Test(arguments: [
        ("", 1, "there is no byte"), ("0", 1, "the last byte has but one digit"),
        ("00 0g", 5, "\"g\" is not a hexadecimal digit, and the byte before it has but one"),
        ("00,11", 3, "\",\" is not a hexadecimal digit"),
        (
            "0 0", 2,
            "a byte of value 32 is not a hexadecimal digit, and the byte before it has but one"
        ),
        ("é0", 1, "a byte of value 195 is not a hexadecimal digit"),
    ])
    func hexadecimalThatIsWrong(text: String, column: Int, message: String) {
        #expect(throws: PacketTextError(column: column, message: message)) {
            try HexText.frame(text)
        }
    }

    @Test func hexadecimalAsPeopleCopyIt() throws {
        for text in ["0102ff", "0x0102ff", "01 02 FF", "01:02:ff", "01-02-fF\n", "\t01 02\r\nff"] {
            #expect(try HexText.frame(text) == [1, 2, 255], "\(text)")
        }
        #expect(throws: PacketTextError.self) {
            try HexText.frame(String(repeating: "00", count: 65_536))
        }
    }
}

private struct Words {
    var state: UInt64

    /// SplitMix64.
    mutating func next(_ limit: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return Int((mixed ^ mixed >> 31) % UInt64(limit))
    }
}
