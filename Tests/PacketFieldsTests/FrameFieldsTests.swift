// SPDX-License-Identifier: Apache-2.0

import PacketFields
import TestSupport
import Testing

/// Frames taken apart into named fields. Expected values were read from the same bytes with tshark.
@Suite struct FrameFieldsTests {
    @Test("every bit of any frame is in exactly one field, and every value has a text")
    func partition() {
        var random = SeededGenerator(seed: 3)
        for length in 0...120 {
            for model in ModelFrames.all + [[]] {
                for _ in 0..<6 {
                    var bytes = Array((model + Self.noise(200, &random)).prefix(length))
                    for _ in 0..<3 where length > 0 {
                        let edges: [UInt8] = [
                            0, 1, 127, 255, UInt8.random(in: 0...255, using: &random),
                        ]
                        bytes[Int.random(in: 0..<length, using: &random)] =
                            edges.randomElement(using: &random) ?? 0
                    }
                    expectPartition(bytes)
                }
            }
        }
    }

    private func expectPartition(_ bytes: [UInt8]) {
        let frame = FrameFields(bytes)
        var position = 0
        for field in frame.fields {
            #expect(field.bitOffset == position, "\(bytes)")
            #expect(field.bitCount > 0)
            if let bits = field.name.definition.bitCount { #expect(field.bitCount == bits) }
            #expect(!frame.text(of: field).isEmpty)
            position += field.bitCount
        }
        #expect(position == bytes.count * 8, "\(bytes)")
        if let end = frame.packetEnd { #expect((0...bytes.count).contains(end)) }
    }

    private static func noise(_ count: Int, _ random: inout SeededGenerator) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    /// RFC 9260, 3.1. The frame and its checksum are Scapy's.
    @Test("IPv4 and SCTP")
    func sctp() {
        let digits =
            "0200000000010200000000020800450000340001000040848e09c0000201c63364070b59960cdeadbeef"
            + "2646cfd60100001400000001000000000000000000000000"
        let frame = FrameFields(
            stride(from: 0, to: digits.count, by: 2).map { offset in
                let start = digits.index(digits.startIndex, offsetBy: offset)
                return UInt8(digits[start..<digits.index(start, offsetBy: 2)], radix: 16)!
            })
        #expect(frame.text(.sctpSourcePort) == "2905")
        #expect(frame.text(.sctpDestinationPort) == "38412")
        #expect(frame.text(.sctpVerificationTag) == "0xdeadbeef")
        #expect(frame.text(.sctpChecksum) == "0x2646cfd6")
        #expect(frame.text(.payload)?.hasPrefix("20 bytes: 01 00 00 14") == true)
        #expect(FieldName.sctpChecksum.isChecksum)
        let cut = FrameFields(Array(frame.bytes.prefix(45)))
        #expect(cut.field(.sctpSourcePort) == nil && cut.field(.payload)?.bitCount == 88)
    }

    @Test("Ethernet, IPv4 and UDP")
    func ipv4UDP() {
        expectFields(
            ModelFrames.udp,
            [
                (.ethernetDestination, "02:00:00:00:00:01"), (.ethernetSource, "02:00:00:00:00:02"),
                (.ethernetEtherType, "0x0800"), (.ipv4Version, "4"), (.ipv4HeaderLength, "20"),
                (.ipv4TypeOfService, "0x00"), (.ipv4TotalLength, "32"),
                (.ipv4Identification, "0x1234"), (.ipv4Flags, "0x0"), (.ipv4FragmentOffset, "0"),
                (.ipv4TimeToLive, "64"), (.ipv4Protocol, "17"), (.ipv4Source, "192.0.2.1"),
                (.ipv4Destination, "198.51.100.7"), (.udpSourcePort, "1000"),
                (.udpDestinationPort, "53"), (.udpLength, "12"), (.udpChecksum, "0x0000"),
                (.payload, "00 00 00 07"),
            ])
    }

    @Test("both tags of a stack, and TCP with options")
    func tagged() {
        expectFields(
            ModelFrames.vlanTCP,
            [
                (.ethernetEtherType, "0x88a8"), (.vlanPriority, "3"), (.vlanDropEligible, "0"),
                (.vlanIdentifier, "100"), (.vlanEtherType, "0x8100"), (.vlan2Priority, "5"),
                (.vlan2DropEligible, "1"), (.vlan2Identifier, "2000"), (.vlan2EtherType, "0x0800"),
                (.ipv4Flags, "0x2 (don't fragment)"), (.tcpSourcePort, "50000"),
                (.tcpDestinationPort, "443"), (.tcpSequenceNumber, "305419896"),
                (.tcpAcknowledgementNumber, "2596069104"), (.tcpDataOffset, "28"),
                (.tcpReserved, "0x0"), (.tcpFlags, "0x12 (SYN, ACK)"), (.tcpWindow, "8192"),
                (.tcpUrgentPointer, "0"), (.tcpOptions, "02 04 05 b4 01 01 04 02"),
            ])
        #expect(FrameFields(ModelFrames.vlanTCP).field(.payload) == nil)
    }

    @Test("IPv6 with extension headers on both sides of a fragment header (RFC 8200, 4.5)")
    func extensions() {
        let frame = FrameFields(ModelFrames.ipv6Fragment)
        expectFields(
            ModelFrames.ipv6Fragment,
            [
                (.ipv6Version, "6"), (.ipv6TrafficClass, "0xab"), (.ipv6FlowLabel, "0x12345"),
                (.ipv6PayloadLength, "32"), (.ipv6NextHeader, "0"), (.ipv6HopLimit, "63"),
                (.ipv6Source, "2001:db8::1"), (.ipv6Destination, "2001:db8::2"),
                (.ipv6ExtensionHeaders, "2c 00 01 04 00 00 00 00"),
                (.ipv6FragmentNextHeader, "60"), (.ipv6FragmentOffset, "0"),
                (.ipv6FragmentFlags, "1"), (.ipv6FragmentIdentification, "0xdeadbeef"),
                (.udpSourcePort, "1000"), (.udpDestinationPort, "53"),
            ])
        let both = frame.fields.filter { $0.name == .ipv6ExtensionHeaders }
        #expect(both.map { frame.text(of: $0) }.last == "11 00 01 04 00 00 00 00")
        #expect(both.count == 2)
    }

    @Test("ARP, and the padding behind it")
    func addressResolution() {
        expectFields(
            ModelFrames.arp,
            [
                (.arpHardwareType, "1"), (.arpProtocolType, "0x0800"),
                (.arpHardwareAddressLength, "6"), (.arpProtocolAddressLength, "4"),
                (.arpOperation, "1"), (.arpSenderHardwareAddress, "02:00:00:00:00:02"),
                (.arpSenderAddress, "192.0.2.2"), (.arpTargetHardwareAddress, "00:00:00:00:00:00"),
                (.arpTargetAddress, "192.0.2.1"),
            ])
        #expect(FrameFields(ModelFrames.arp).packetEnd == 42)
        #expect(FrameFields(ModelFrames.arp).field(.ethernetPadding)?.bitCount == 18 * 8)
    }

    @Test("ICMP and ICMPv6; options of IPv4")
    func controlMessages() {
        expectFields(
            ModelFrames.icmp,
            [
                (.icmpType, "3"), (.icmpCode, "4"), (.icmpChecksum, "0x1234"),
                (.icmpRest, "0x000005dc"), (.payload, "45 00"),
            ])
        expectFields(
            ModelFrames.icmpv6,
            [
                (.icmpv6Type, "128"), (.icmpv6Code, "0"), (.icmpv6Checksum, "0xabcd"),
                (.icmpv6Rest, "0x00010002"),
            ])
        expectFields(
            ModelFrames.ipv4Options,
            [(.ipv4HeaderLength, "24"), (.ipv4Options, "94 04 00 00"), (.payload, "01 02 03")])
    }

    @Test("a later fragment has no ports, and its offset is in bytes (RFC 791, 3.1)")
    func laterFragment() {
        let bytes = Frames.ipv4 {
            $0.fragment = 0x20b9
            $0.payload = [UInt8](repeating: 5, count: 40)
        }
        expectFields(
            bytes, [(.ipv4Flags, "0x1 (more fragments)"), (.ipv4FragmentOffset, "1480")])
        #expect(FrameFields(bytes).field(.udpSourcePort) == nil)
    }

    @Test("bytes of more than a line are counted")
    func longBytes() {
        let bytes = Frames.ethernet(type: 0x1234, payload: [UInt8](repeating: 0xab, count: 100))
        let text = [String](repeating: "ab", count: 16).joined(separator: " ")
        #expect(FrameFields(bytes).text(.payload) == "100 bytes: \(text) …")
    }

    private func expectFields(_ bytes: [UInt8], _ expected: [(FieldName, String)]) {
        let frame = FrameFields(bytes)
        for (name, text) in expected { #expect(frame.text(name) == text, "\(name.rawValue)") }
    }
}
