// SPDX-License-Identifier: Apache-2.0

import PacketHeaders
import Testing

/// The destination that checksums are computed over (RFC 8200, 8.1).
@Suite struct IPv6FinalDestinationTests {
    private static let own = IPv6Address(high: 0x2001_0db8_0000_0000, low: 2)
    private static let last = IPv6Address(high: 0x2001_0db8_0000_0000, low: 0xff)

    private static func packet(_ next: String, _ extensions: String) -> [UInt8] {
        let length = hex(extensions).count
        return hex("60000000 00") + [UInt8(length)] + hex(next) + hex("40")
            + hex("20010db8000000000000000000000001 20010db8000000000000000000000002")
            + hex(extensions)
    }

    private static let address = "20010db80000000000000000000000ff"
    private static let other = "20010db80000000000000000000000aa"

    @Test(
        "with and without a routing header",
        arguments: [
            (packet("11", "0000000000000000"), own as IPv6Address?),
            // Type 0, two addresses, segments left 2, 1, and none.
            (packet("2b", "11040002 00000000 \(other) \(address)"), last),
            (packet("2b", "11040001 00000000 \(other) \(address)"), last),
            (packet("2b", "11040000 00000000 \(other) \(address)"), own),
            // Type 2 (RFC 6275, 6.4), behind destination options.
            (packet("3c", "2b00010400000000 11020201 00000000 \(address)"), last),
            // Type 4 has its list the other way round (RFC 8754, 2).
            (packet("2b", "11020401 00000000 \(address)"), nil),
            // Cut, and too short for an address.
            (packet("2b", "11040002 00000000 \(address)"), nil),
            (packet("2b", "11000001 00000000"), nil),
        ])
    func destination(bytes: [UInt8], expected: IPv6Address?) throws {
        let found = try bytes.withUnsafeBytes {
            try #require(IPv6Header(FrameBytes($0))).finalDestination
        }
        #expect(found == expected)
    }
}
