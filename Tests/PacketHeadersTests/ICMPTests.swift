// SPDX-License-Identifier: Apache-2.0

import PacketHeaders
import Testing

@Suite("ICMP and ICMPv6")
struct ICMPTests {
    /// An echo request, identifier 0x1234, sequence number 1, data `abcd`.
    let echo = hex("08 00 2104 1234 0001 6162 6364")

    @Test("RFC 792, RFC 4443: fewer than 8 bytes are no message", arguments: [0, 1, 7])
    func tooShort(count: Int) {
        withFrame(Array(echo.prefix(count))) { bytes in
            #expect(ICMPHeader(bytes) == nil)
            #expect(ICMPv6Header(bytes) == nil)
        }
    }

    @Test("RFC 792: an echo request")
    func icmpEcho() throws {
        try withFrame(echo) { bytes in
            let header = try #require(ICMPHeader(bytes))
            #expect(header.type == .echoRequest)
            #expect(!header.type.isError)
            #expect(header.code == 0)
            #expect(header.checksum == 0x2104)
            #expect(header.identifier == 0x1234)
            #expect(header.sequenceNumber == 1)
            #expect(header.payload.count == 4)
            #expect(header.isChecksumValid)
        }
        try withFrame(echo.replacing(at: 9, "63")) { bytes in
            let header = try #require(ICMPHeader(bytes))
            #expect(!header.isChecksumValid)
        }
    }

    @Test("RFC 1191, RFC 792: the last four bytes by message")
    func icmpRest() throws {
        try withFrame(hex("03 04 0000 0000 05dc")) { bytes in
            let header = try #require(ICMPHeader(bytes))
            #expect(header.nextHopMTU == 1500)
        }
        try withFrame(hex("0c 00 0000 14 000000")) { bytes in
            let header = try #require(ICMPHeader(bytes))
            #expect(header.pointer == 20)
        }
        try withFrame(hex("05 01 0000 c0000201")) { bytes in
            let header = try #require(ICMPHeader(bytes))
            #expect(header.gateway == IPv4Address("192.0.2.1"))
        }
    }

    @Test("RFC 1812, 4.3.2.7: five types are errors")
    func icmpErrors() {
        let errors = (0...255).filter { ICMPHeader.MessageType(rawValue: UInt8($0)).isError }
        #expect(errors == [3, 4, 5, 11, 12])
    }

    @Test("RFC 4443, 2.1: types below 128 are errors")
    func icmpv6Errors() {
        #expect(ICMPv6Header.MessageType(rawValue: 127).isError)
        #expect(ICMPv6Header.MessageType.packetTooBig.isError)
        #expect(!ICMPv6Header.MessageType.echoRequest.isError)
        #expect(!ICMPv6Header.MessageType.redirect.isError)
    }

    @Test("RFC 4443: packet too big, parameter problem, echo")
    func icmpv6Rest() throws {
        try withFrame(hex("02 00 0000 00000500")) { bytes in
            let header = try #require(ICMPv6Header(bytes))
            #expect(header.type == .packetTooBig)
            #expect(header.mtu == 1280)
            #expect(header.pointer == 1280)
            #expect(header.code == 0)
            #expect(header.payload.count == 0)
        }
        try withFrame(hex("80 00 abcd 1234 0001")) { bytes in
            let header = try #require(ICMPv6Header(bytes))
            #expect(header.checksum == 0xabcd)
            #expect(header.identifier == 0x1234)
            #expect(header.sequenceNumber == 1)
        }
    }

    @Test("RFC 4861, 4.3: a target only where there are bytes for it")
    func target() throws {
        let solicitation = hex("87 00 0000 00000000 20010db8000000000000000000000001")
        try withFrame(solicitation) { bytes in
            let header = try #require(ICMPv6Header(bytes))
            #expect(header.type == .neighbourSolicitation)
            #expect(header.targetAddress == IPv6Address("2001:db8::1"))
        }
        try withFrame(solicitation.dropLast()) { bytes in
            let header = try #require(ICMPv6Header(bytes))
            #expect(header.targetAddress == nil)
        }
    }

    @Test("RFC 4443, 2.3: the checksum covers the pseudo header")
    func icmpv6Checksum() throws {
        let source = try #require(IPv6Address("2001:db8::1"))
        let destination = try #require(IPv6Address("2001:db8::2"))
        // By hand: 2·(2001 + 0db8) + 1 + 2 (addresses) + 8 (length) + 3a (protocol)
        // + 8000 + 1234 + 0001 = 0xedec; its complement is 0x1213.
        try withFrame(hex("80 00 1213 1234 0001")) { bytes in
            let header = try #require(ICMPv6Header(bytes))
            #expect(header.isChecksumValid(from: source, to: destination))
            #expect(!header.isChecksumValid(from: source, to: source))
        }
    }
}
