// SPDX-License-Identifier: Apache-2.0

import Expectations
import TestSupport
import Testing

/// Frames taken apart into named fields. Expected values were read from the same bytes with tshark.
@Suite struct FrameFieldsTests {
    @Test("every bit of any frame is in exactly one field, and every value has a text")
    func partition() {
        var random = SeededGenerator(seed: 3)
        for length in 0...120 {
            for model in Self.models + [[]] {
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

    /// Frames that lead into each header.
    static let models: [[UInt8]] = [
        udp, vlanTCP, ipv6Fragment, arp, icmp, icmpv6, ipv4Options,
    ]

    /// 192.0.2.1:1000 to 198.51.100.7:53.
    static let udp = Frames.udp(from: (0xc000_0201, 1000), to: (0xc633_6407, 53), number: 7)
    /// Two tags, TCP with options.
    static let vlanTCP = [UInt8](
        hex: """
            020000000001 020000000002 88a8 6064 8100 b7d0 0800
            4500 0030 0001 4000 4006 0000 c0000201 c6336407
            c350 01bb 12345678 9abcdef0 7012 2000 0000 0000 020405b4 01010402
            """)
    /// Hop-by-hop options, a fragment header, destination options, UDP.
    static let ipv6Fragment = [UInt8](
        hex: """
            333300000001 020000000002 86dd
            6a b12345 0020 00 3f 20010db8000000000000000000000001 20010db8000000000000000000000002
            2c00010400000000 3c00 0001 deadbeef 1100010400000000 03e8 0035 0008 0000
            """)
    static let arp = [UInt8](
        hex: """
            ffffffffffff 020000000002 0806 0001 0800 06 04 0001 020000000002 c0000202
            000000000000 c0000201 000000000000000000000000000000000000
            """)
    static let icmp = Frames.ipv4 {
        $0.ipProtocol = 1
        $0.payload = [UInt8](hex: "0304 1234 000005dc 4500")
    }
    static let icmpv6 = [UInt8](
        hex: """
            020000000001 020000000002 86dd
            60000000 0008 3a 40 20010db8000000000000000000000001 20010db8000000000000000000000002
            8000 abcd 00010002
            """)
    static let ipv4Options = Frames.ipv4 {
        $0.options = [0x94, 4, 0, 0]
        $0.payload = [1, 2, 3]
        $0.ipProtocol = 47
    }

    @Test("Ethernet, IPv4 and UDP")
    func ipv4UDP() {
        expectFields(
            Self.udp,
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
            Self.vlanTCP,
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
        #expect(FrameFields(Self.vlanTCP).field(.payload) == nil)
    }

    @Test("IPv6 with extension headers on both sides of a fragment header (RFC 8200, 4.5)")
    func extensions() {
        let frame = FrameFields(Self.ipv6Fragment)
        expectFields(
            Self.ipv6Fragment,
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
            Self.arp,
            [
                (.arpHardwareType, "1"), (.arpProtocolType, "0x0800"),
                (.arpHardwareAddressLength, "6"), (.arpProtocolAddressLength, "4"),
                (.arpOperation, "1"), (.arpSenderHardwareAddress, "02:00:00:00:00:02"),
                (.arpSenderAddress, "192.0.2.2"), (.arpTargetHardwareAddress, "00:00:00:00:00:00"),
                (.arpTargetAddress, "192.0.2.1"),
            ])
        #expect(FrameFields(Self.arp).packetEnd == 42)
        #expect(FrameFields(Self.arp).field(.ethernetPadding)?.bitCount == 18 * 8)
    }

    @Test("ICMP and ICMPv6; options of IPv4")
    func controlMessages() {
        expectFields(
            Self.icmp,
            [
                (.icmpType, "3"), (.icmpCode, "4"), (.icmpChecksum, "0x1234"),
                (.icmpRest, "0x000005dc"), (.payload, "45 00"),
            ])
        expectFields(
            Self.icmpv6,
            [
                (.icmpv6Type, "128"), (.icmpv6Code, "0"), (.icmpv6Checksum, "0xabcd"),
                (.icmpv6Rest, "0x00010002"),
            ])
        expectFields(
            Self.ipv4Options,
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
