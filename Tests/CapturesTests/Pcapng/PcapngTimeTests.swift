// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Captures

/// Times in units that nobody uses, by draft-ietf-opsawg-pcapng, section 4.2: worked out with Python's whole
/// numbers, `divmod(ticks * 10**9 // unit, 10**9)`.
@Suite struct PcapngTimeTests {
    @Test(
        "ticks of any resolution",
        arguments: [
            // ticks, if_tsresol, seconds, nanoseconds
            (1_700_000_000, 0, 1_700_000_000, 0), (1, 3, 0, 1_000_000),
            (.max, 6, 18_446_744_073_709, 551_615_000),
            (.max, 9, 18_446_744_073, 709_551_615), (.max, 10, 1_844_674_407, 370_955_161),
            (.max, 19, 1, 844_674_407), (.max, 20, 0, 184_467_440), (.max, 28, 0, 1),
            (.max, 29, 0, 0),
            (.max, 127, 0, 0), (3, 0x81, 1, 500_000_000),
            (.max, 0x80 | 32, 4_294_967_295, 999_999_999),
            (.max, 0x80 | 63, 1, 999_999_999), (.max, 0x80 | 64, 0, 999_999_999),
            (.max, 0x80 | 65, 0, 499_999_999),
            (.max, 0x80 | 94, 0, 0), (.max, 0xff, 0, 0),
        ] as [(UInt64, UInt8, Int64, UInt32)])
    func resolution(ticks: UInt64, resolution: UInt8, seconds: Int64, nanoseconds: UInt32) {
        var interface = PcapngInterface(linkType: 1, snapLength: 0)
        interface.resolution = resolution
        #expect(
            interface.moment(ticks) == CaptureTime(seconds: seconds, nanoseconds: nanoseconds))
    }

    @Test("an offset of seconds may lead before 1970, and no further than can be counted")
    func offset() {
        var interface = PcapngInterface(linkType: 1, snapLength: 0)
        interface.resolution = 0
        interface.offset = -10
        #expect(interface.moment(3) == CaptureTime(seconds: -7))
        interface.offset = .min
        #expect(interface.moment(0) == CaptureTime(seconds: .min))
        interface.offset = 1
        #expect(interface.moment(UInt64(Int64.max)) == nil)
        #expect(interface.moment(.max) == nil)
    }
}
