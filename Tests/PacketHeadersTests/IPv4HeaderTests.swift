// SPDX-License-Identifier: Apache-2.0

import PacketHeaders
import Testing

@Suite("IPv4 header")
struct IPv4HeaderTests {
    @Test("RFC 791: fewer than 20 bytes are no header", arguments: [0, 1, 19])
    func tooShort(count: Int) {
        withMutableFrame(Array(ipv4UDP.prefix(count))) { bytes, _ in
            #expect(IPv4Header(bytes.readOnly) == nil)
            #expect(MutableIPv4Header(bytes) == nil)
        }
    }

    @Test("RFC 1812, 5.2.2: each defect, in the order of the tests")
    func defects() throws {
        let packet = ipv4UDP + udp
        let cases: [([UInt8], IPv4Header.Defect?)] = [
            (packet, nil),
            (packet + [0, 0], nil),
            (packet.replacing(at: 0, "65"), .version),
            (packet.replacing(at: 0, "05"), .version),
            (packet.replacing(at: 0, "44"), .headerLength),
            (packet.replacing(at: 0, "40"), .headerLength),
            (packet.replacing(at: 0, "48"), .headerLength),
            (packet.replacing(at: 2, "0000"), .headerLength),
            (packet.replacing(at: 2, "0013"), .headerLength),
            (packet.replacing(at: 2, "0014"), nil),
            (packet.replacing(at: 2, "001d"), .truncated),
            (packet.replacing(at: 2, "ffff"), .truncated),
            (packet.replacing(at: 0, "47"), nil),
            (ipv4UDP, .truncated),
        ]
        for (bytes, defect) in cases {
            try withFrame(bytes) { bytes in
                let header = try #require(IPv4Header(bytes))
                #expect(header.defect == defect)
            }
        }
    }

    @Test("RFC 791, 3.1: the fields")
    func fields() throws {
        let bytes = ipv4UDP.replacing(at: 1, "b9").replacing(at: 6, "7fff")
        try withFrame(bytes) { bytes in
            let header = try #require(IPv4Header(bytes))
            #expect(header.version == 4)
            #expect(header.headerLength == 20)
            #expect(header.typeOfService == 0xb9)
            #expect(header.differentiatedServices == 46)
            #expect(header.congestionNotification == 1)
            #expect(header.totalLength == 28)
            #expect(header.identification == 0x1234)
            #expect(header.dontFragment)
            #expect(header.moreFragments)
            #expect(header.fragmentOffset == 65_528)
            #expect(header.timeToLive == 64)
            #expect(header.protocol == .udp)
            #expect(header.checksum == 0x3c61)
            #expect(header.source == IPv4Address("192.0.2.1"))
            #expect(header.destination == IPv4Address("198.51.100.7"))
        }
    }

    @Test(
        "RFC 791, 3.1: the position of a fragment; the DF bit makes none",
        arguments: [
            ("0000", FragmentPosition.whole), ("4000", .whole), ("8000", .whole),
            ("2000", .first), ("2001", .later), ("0001", .later), ("1fff", .later),
        ])
    func fragments(word: String, position: FragmentPosition) throws {
        try withFrame(ipv4UDP.replacing(at: 6, word)) { bytes in
            let header = try #require(IPv4Header(bytes))
            #expect(header.fragmentPosition == position)
            #expect(header.isFragment == position.isFragment)
        }
    }

    @Test("RFC 791: the payload ends with the total length, not with the link's padding")
    func payload() throws {
        let padded = ipv4UDP + udp + [UInt8](repeating: 0, count: 18)
        let lengths: [(String, String, Int)] = [
            ("45", "001c", 8), ("45", "ffff", 26), ("45", "0014", 0), ("45", "0013", 0),
            ("45", "0000", 0), ("46", "001c", 4), ("4f", "ffff", 0), ("44", "001c", 0),
        ]
        for (first, total, count) in lengths {
            try withFrame(padded.replacing(at: 0, first).replacing(at: 2, total)) { bytes in
                let header = try #require(IPv4Header(bytes))
                #expect(header.payload.count == count)
            }
        }
    }

    @Test("RFC 791: a checksum over a header that is not there is not valid")
    func checksumOfHostileLength() throws {
        for first in ["40", "44", "46", "4f"] {
            try withFrame(ipv4UDP.replacing(at: 0, first)) { bytes in
                let header = try #require(IPv4Header(bytes))
                #expect(!header.isChecksumValid)
            }
        }
        try withFrame([UInt8](repeating: 0, count: 20)) { bytes in
            let header = try #require(IPv4Header(bytes))
            #expect(!header.isChecksumValid)
        }
    }

    @Test("RFC 791: one changed bit anywhere in the header breaks the checksum")
    func checksum() throws {
        try withFrame(ipv4UDP) { bytes in
            let header = try #require(IPv4Header(bytes))
            #expect(header.isChecksumValid)
        }
        for bit in 0..<160 {
            var bytes = ipv4UDP
            bytes[bit / 8] ^= 0x80 >> UInt8(bit % 8)
            try withFrame(bytes) { bytes in
                let header = try #require(IPv4Header(bytes))
                #expect(!header.isChecksumValid)
            }
        }
    }
}
