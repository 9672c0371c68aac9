// SPDX-License-Identifier: Apache-2.0

import PacketHeaders
import Testing

@Suite("IPv6 address")
struct IPv6AddressTests {
    @Test(
        "RFC 4291, 2.2: what is no address is refused",
        arguments: [
            "", ":", ":::", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "1:::2",
            ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", ":1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8::",
            "::1:2:3:4:5:6:7:8", "12345::", "g::", "+1::", "-1::", "1 ::", "fe80::1%eth0",
            "2001:db8::/32", "[::1]", "1.2.3.4", "::1.2.3", "::1.2.3.256", "::1.2.3.4:5",
            "1.2.3.4::", "1:2:3:4:5:6:7:1.2.3.4", "::01.2.3.4", "::٣",
        ])
    func refused(text: String) {
        #expect(IPv6Address(text) == nil)
    }

    @Test(
        "RFC 4291, 2.2: every form is read; RFC 5952: one form is written",
        arguments: [
            ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("0:0:0:0:0:0:0:0", "::"),
            ("2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"),
            ("FF01:0:0:0:0:0:0:101", "ff01::101"),
            ("0:0:0:0:0:0:13.1.68.3", "::d01:4403"),
            ("::FFFF:129.144.52.38", "::ffff:129.144.52.38"),
            ("::ffff:8190:3426", "::ffff:129.144.52.38"),
            ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
            // RFC 5952, 4.1: leading zeros. 4.2.1: as short as can be.
            ("2001:0db8::0001", "2001:db8::1"), ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"),
            // 4.2.2: not for one group. 4.2.3: the longest run, the first of equal ones.
            ("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
            ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
            ("0:0:1::", "0:0:1::"), ("1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"),
        ])
    func forms(text: String, canonical: String) throws {
        #expect(try #require(IPv6Address(text)).description == canonical)
    }

    @Test("the halves hold the groups in host order")
    func halves() throws {
        let address = try #require(IPv6Address("2001:db8:1:2:3:4:5:6"))
        #expect(address.high == 0x2001_0db8_0001_0002)
        #expect(address.low == 0x0003_0004_0005_0006)
        #expect(address == IPv6Address(high: 0x2001_0db8_0001_0002, low: 0x0003_0004_0005_0006))
    }

    @Test("RFC 4291, 2.4: scopes by prefix")
    func scopes() throws {
        let address = { (text: String) in try #require(IPv6Address(text)) }
        #expect(try address("::").isUnspecified && !address("::1").isUnspecified)
        #expect(try address("::1").isLoopback && !address("1::1").isLoopback)
        #expect(try address("ff02::1").isMulticast && !address("fe80::1").isMulticast)
        #expect(try address("febf::1").isLinkLocal && !address("fec0::1").isLinkLocal)
    }

    @Test("what is written is read back")
    func roundTrip() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            // Masks of whole groups make runs of zeros likely.
            let group = { (bit: UInt64) in (bit & 1) * 0xffff }
            let mask = { (bits: UInt64) in
                group(bits) | group(bits >> 1) << 16 | group(bits >> 2) << 32
                    | group(bits >> 3) << 48
            }
            let address = IPv6Address(
                high: random.next() & mask(random.next()), low: random.next() & mask(random.next()))
            #expect(IPv6Address(address.description) == address, "seed \(seed)")
        }
    }

    @Test("addresses are ordered as on the wire")
    func order() {
        #expect(IPv6Address(high: 0, low: .max) < IPv6Address(high: 1, low: 0))
        #expect(IPv6Address(high: 1, low: 0) < IPv6Address(high: 1, low: 1))
    }
}
