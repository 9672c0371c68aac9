// SPDX-License-Identifier: Apache-2.0

import PacketHeaders
import Testing

@Suite("IPv6 header")
struct IPv6HeaderTests {
    @Test("RFC 8200: fewer than 40 bytes are no header", arguments: [0, 1, 20, 39])
    func tooShort(count: Int) {
        withMutableFrame(Array(ipv6(17, payload: udp).prefix(count))) { bytes, _ in
            #expect(IPv6Header(bytes.readOnly) == nil)
            #expect(MutableIPv6Header(bytes) == nil)
        }
    }

    @Test("RFC 8200: each defect")
    func defects() throws {
        let packet = ipv6(17, payload: udp)
        let cases: [([UInt8], IPv6Header.Defect?)] = [
            (packet, nil), (packet + [0], nil), (packet.replacing(at: 4, "0000"), nil),
            (packet.replacing(at: 0, "45"), .version), (packet.replacing(at: 0, "70"), .version),
            (packet.replacing(at: 4, "0009"), .truncated),
            (packet.replacing(at: 4, "ffff"), .truncated),
            (packet.dropLast(), .truncated),
        ]
        for (bytes, defect) in cases {
            try withFrame(bytes) { bytes in
                let header = try #require(IPv6Header(bytes))
                #expect(header.defect == defect)
            }
        }
    }

    @Test("RFC 8200, 3: the fields")
    func fields() throws {
        try withFrame(ipv6(17, payload: udp).replacing(at: 0, "6b9fabcd")) { bytes in
            let header = try #require(IPv6Header(bytes))
            #expect(header.version == 6)
            #expect(header.trafficClass == 0xb9)
            #expect(header.flowLabel == 0xfabcd)
            #expect(header.payloadLength == 8)
            #expect(header.nextHeader == .udp)
            #expect(header.hopLimit == 64)
            #expect(header.source == IPv6Address("2001:db8::1"))
            #expect(header.destination == IPv6Address("2001:db8::2"))
        }
    }

    @Test("RFC 8200: the payload ends with the payload length, not with the link's padding")
    func payload() throws {
        for (length, count) in [("0008", 8), ("0000", 0), ("0003", 3), ("ffff", 10)] {
            let bytes = ipv6(17, payload: udp).replacing(at: 4, length) + [0, 0]
            try withFrame(bytes) { bytes in
                let header = try #require(IPv6Header(bytes))
                #expect(header.payload.count == count)
            }
        }
    }

    @Test("RFC 8200, 3: the hop limit goes down by one and stops at 0")
    func hopLimit() throws {
        try withMutableFrame(ipv6(17, payload: []).replacing(at: 7, "02")) { bytes, now in
            let header = try #require(MutableIPv6Header(bytes))
            header.decrementHopLimit()
            #expect(header.hopLimit == 1)
            header.decrementHopLimit()
            header.decrementHopLimit()
            #expect(header.hopLimit == 0)
            #expect(now() == ipv6(17, payload: []).replacing(at: 7, "00"))
        }
    }

    @Test("addresses are written where they are read")
    func addresses() throws {
        try withMutableFrame(ipv6(17, payload: [])) { bytes, now in
            let header = try #require(MutableIPv6Header(bytes))
            (header.source, header.destination) = (header.destination, header.source)
            #expect(header.source == IPv6Address("2001:db8::2"))
            #expect(header.destination == IPv6Address("2001:db8::1"))
            #expect(now().prefix(8) == ipv6(17, payload: []).prefix(8))
        }
    }
}
