// SPDX-License-Identifier: Apache-2.0

import PacketHeaders
import Testing

@Suite("UDP and TCP headers")
struct TransportHeaderTests {
    @Test("RFC 768: fewer than 8 bytes are no header", arguments: [0, 1, 7])
    func udpTooShort(count: Int) {
        withFrame(Array(udp.prefix(count))) { #expect(UDPHeader($0) == nil) }
    }

    @Test("RFC 9293: fewer than 20 bytes are no header", arguments: [0, 1, 8, 19])
    func tcpTooShort(count: Int) {
        withFrame([UInt8](repeating: 0x55, count: count)) { #expect(TCPHeader($0) == nil) }
    }

    @Test("RFC 768: a length that is too small or too large is never valid")
    func udpHostileLength() throws {
        let address = IPv4Address(rawValue: 0)
        for (length, count) in [("0000", 0), ("0007", 0), ("000b", 2), ("ffff", 2)] {
            for checksum in ["0000", "ffff"] {
                let bytes = udp.replacing(at: 4, length + checksum) + [1, 2]
                try withFrame(bytes) { bytes in
                    let header = try #require(UDPHeader(bytes))
                    #expect(!header.isChecksumValid(from: address, to: address))
                    #expect(header.payload.count == count)
                }
            }
        }
    }

    @Test("RFC 768, RFC 8200, 8.1: no checksum is right over IPv4 and wrong over IPv6")
    func udpWithoutChecksum() throws {
        try withFrame(udp) { bytes in
            let header = try #require(UDPHeader(bytes))
            let ipv4 = IPv4Address(rawValue: 1)
            let ipv6 = IPv6Address(high: 0, low: 1)
            #expect(header.isChecksumValid(from: ipv4, to: ipv4))
            #expect(!header.isChecksumValid(from: ipv6, to: ipv6))
        }
    }

    @Test("RFC 9293: a data offset that is too small or too large")
    func tcpHostileOffset() throws {
        for offset in ["00", "4f", "60", "f0"] {
            let bytes = [UInt8](repeating: 0, count: 23).replacing(at: 12, offset)
            try withFrame(bytes) { bytes in
                let header = try #require(TCPHeader(bytes))
                #expect(!header.hasWholeHeader)
                #expect(header.payload.count == 0)
                #expect(Array(header.options).isEmpty)
            }
        }
    }

    @Test("RFC 9293, 3.1: the fields")
    func tcpFields() throws {
        let segment = hex("0050 1000 01020304 05060708 5052 ffff abcd 0007 aabb")
        try withFrame(segment) { bytes in
            let header = try #require(TCPHeader(bytes))
            #expect(header.sourcePort == 80)
            #expect(header.destinationPort == 4096)
            #expect(header.sequenceNumber == 0x0102_0304)
            #expect(header.acknowledgementNumber == 0x0506_0708)
            #expect(header.headerLength == 20)
            #expect(header.flags == [.synchronize, .acknowledge, .congestionEcho])
            #expect(header.window == 0xffff)
            #expect(header.checksum == 0xabcd)
            #expect(header.urgentPointer == 7)
            #expect(header.payload.count == 2)
        }
    }

    @Test("DPDK's frames over IPv4: right checksums, and wrong ones by one")
    func ipv4Frames() throws {
        let frames = [
            ChecksumVectors.ipv4TCP, ChecksumVectors.ipv4UDP, ChecksumVectors.ipv4OptionsUDP,
        ]
        for text in frames {
            let bytes = hex(text)
            let transport = 14 + Int(bytes[14] & 0xf) * 4
            let field = transport + (bytes[23] == 6 ? 16 : 6)
            for changed in [nil, field + 1, 25] as [Int?] {
                var bytes = bytes
                if let changed { bytes[changed] &+= 1 }
                try withFrame(bytes) { frame in
                    let ip = try #require(IPv4Header(frame.dropFirst(14)))
                    #expect(ip.isChecksumValid == (changed != 25))
                    let isValid =
                        ip.protocol == .tcp
                        ? try #require(TCPHeader(ip.payload)).isChecksumValid(
                            from: ip.source, to: ip.destination)
                        : try #require(UDPHeader(ip.payload)).isChecksumValid(
                            from: ip.source, to: ip.destination)
                    #expect(isValid == (changed != field + 1))
                }
            }
        }
    }

    @Test("DPDK's frames over IPv6: right checksums, and wrong ones by one")
    func ipv6Frames() throws {
        for text in [ChecksumVectors.ipv6TCP, ChecksumVectors.ipv6UDP] {
            for change in [0, 1] as [UInt8] {
                var bytes = hex(text)
                bytes[54 + (bytes[20] == 6 ? 17 : 7)] &+= change
                try withFrame(bytes) { frame in
                    let ip = try #require(IPv6Header(frame.dropFirst(14)))
                    let isValid =
                        ip.nextHeader == .tcp
                        ? try #require(TCPHeader(ip.payload)).isChecksumValid(
                            from: ip.source, to: ip.destination)
                        : try #require(UDPHeader(ip.payload)).isChecksumValid(
                            from: ip.source, to: ip.destination)
                    #expect(isValid == (change == 0))
                }
            }
        }
    }
}
