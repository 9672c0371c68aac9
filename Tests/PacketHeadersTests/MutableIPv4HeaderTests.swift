// SPDX-License-Identifier: Apache-2.0

import PacketHeaders
import Testing

@Suite("Changes to an IPv4 header")
struct MutableIPv4HeaderTests {
    @Test("RFC 1812, 5.3.1: a time to live of 0 stays 0 and the header is not touched")
    func zero() throws {
        let bytes = ipv4UDP.replacing(at: 8, "00")
        try withMutableFrame(bytes) { frame, now in
            try #require(MutableIPv4Header(frame)).decrementTimeToLive()
            #expect(now() == bytes)
        }
    }

    @Test("RFC 1624: published time-to-live vectors", arguments: ChecksumVectors.timeToLive)
    func vectors(text: String, old: UInt16, new: UInt16) throws {
        try withMutableFrame(hex(text)) { frame, now in
            let header = try #require(MutableIPv4Header(frame))
            header.checksum = old
            let timeToLive = header.timeToLive
            header.decrementTimeToLive()
            #expect(header.checksum == new)
            #expect(header.timeToLive == timeToLive - 1)
        }
    }

    @Test("RFC 1624: every time to live under every checksum gives what recomputation gives")
    func everyValue() throws {
        try withMutableFrame(ipv4UDP) { frame, now in
            let header = try #require(MutableIPv4Header(frame))
            for timeToLive in 1...255 as ClosedRange<UInt8> {
                // The identification runs through all sums, 0x0000 and 0xffff among them.
                for identification in stride(from: 0, through: UInt16.max, by: 257) {
                    frame.store(timeToLive, at: 8)
                    frame.store(identification, at: 4)
                    header.writeChecksum()
                    header.decrementTimeToLive()
                    let updated = header.checksum
                    header.writeChecksum()
                    guard updated == header.checksum else {
                        Issue.record("time to live \(timeToLive), id \(identification)")
                        return
                    }
                }
            }
        }
    }

    @Test("RFC 1624: a wrong checksum stays wrong")
    func wrongStaysWrong() throws {
        try withMutableFrame(ipv4UDP.replacing(at: 10, "3c62")) { frame, _ in
            let header = try #require(MutableIPv4Header(frame))
            header.decrementTimeToLive()
            header.source = IPv4Address(rawValue: 0x0a00_0001)
            let view = try #require(IPv4Header(frame.readOnly))
            #expect(!view.isChecksumValid)
        }
    }

    @Test("RFC 1624: addresses and type of service")
    func otherFields() throws {
        try withMutableFrame(ipv4UDP) { frame, now in
            let header = try #require(MutableIPv4Header(frame))
            let view = try #require(IPv4Header(frame.readOnly))
            header.source = IPv4Address(rawValue: 0xffff_ffff)
            #expect(view.isChecksumValid)
            header.destination = IPv4Address(rawValue: 0)
            #expect(view.isChecksumValid)
            header.typeOfService = 0xb8
            #expect(view.isChecksumValid)
            #expect(header.source == view.source && view.source.rawValue == 0xffff_ffff)
            #expect(header.destination == view.destination && view.destination.rawValue == 0)
            #expect(header.typeOfService == 0xb8 && view.typeOfService == 0xb8)
            #expect(view.version == 4 && view.headerLength == 20 && view.totalLength == 28)
        }
    }

    @Test("a checksum is written over the options too, and never beyond the bytes")
    func write() throws {
        for first in ["40", "45", "46", "4f"] {
            let bytes = ipv4UDP.replacing(at: 0, first) + hex("94040000")
            try withMutableFrame(bytes) { frame, now in
                let header = try #require(MutableIPv4Header(frame))
                header.writeChecksum()
                let length = ["40": 20, "45": 20][first] ?? 24
                #expect(plainChecksum(Array(now().prefix(length))) == 0)
            }
        }
    }
}
