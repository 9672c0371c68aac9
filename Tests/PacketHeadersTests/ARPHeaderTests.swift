// SPDX-License-Identifier: Apache-2.0

import PacketHeaders
import Testing

@Suite("ARP")
struct ARPHeaderTests {
    let request = hex(
        "0001 0800 06 04 0001 020000000001 c0000201 000000000000 c0000202")

    @Test("RFC 826: fewer than 28 bytes are no packet", arguments: [0, 1, 27])
    func tooShort(count: Int) {
        withMutableFrame(Array(request.prefix(count))) { bytes, _ in
            #expect(ARPHeader(bytes.readOnly) == nil)
            #expect(MutableARPHeader(bytes) == nil)
        }
    }

    @Test("RFC 826: types and lengths other than Ethernet and IPv4 are told apart")
    func otherTypes() throws {
        for (offset, text) in [(0, "0006"), (2, "86dd"), (4, "08"), (5, "10"), (4, "ffff")] {
            try withFrame(request.replacing(at: offset, text)) { bytes in
                let header = try #require(ARPHeader(bytes))
                #expect(!header.isEthernetIPv4)
            }
        }
    }

    @Test("RFC 826: the fields of a request")
    func fields() throws {
        try withFrame(request) { bytes in
            let header = try #require(ARPHeader(bytes))
            #expect(header.isEthernetIPv4)
            #expect(header.hardwareType == 1)
            #expect(header.protocolType == .ipv4)
            #expect(header.hardwareAddressLength == 6)
            #expect(header.protocolAddressLength == 4)
            #expect(header.operation == .request)
            #expect(header.senderHardwareAddress == MACAddress("02:00:00:00:00:01"))
            #expect(header.senderAddress == IPv4Address("192.0.2.1"))
            #expect(header.targetHardwareAddress == MACAddress(rawValue: 0))
            #expect(header.targetAddress == IPv4Address("192.0.2.2"))
        }
    }

    @Test("RFC 826: a reply, byte for byte")
    func reply() throws {
        try withMutableFrame([UInt8](repeating: 0xee, count: 29)) { bytes, now in
            let header = try #require(MutableARPHeader(bytes))
            header.write(
                .reply,
                senderHardwareAddress: MACAddress(rawValue: 0x0200_0000_0002),
                senderAddress: IPv4Address(rawValue: 0xc000_0202),
                targetHardwareAddress: MACAddress(rawValue: 0x0200_0000_0001),
                targetAddress: IPv4Address(rawValue: 0xc000_0201))
            #expect(
                now()
                    == hex("0001 0800 0604 0002 020000000002 c0000202 020000000001 c0000201 ee"))
        }
    }
}
