// SPDX-License-Identifier: Apache-2.0

import PacketHeaders
import Testing

/// RFC 1071, 1, word by word and without any trick.
func plainChecksum(_ bytes: [UInt8]) -> UInt16 {
    var sum = 0
    for (index, byte) in bytes.enumerated() {
        sum += index.isMultiple(of: 2) ? Int(byte) * 256 : Int(byte)
    }
    while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
    return ~UInt16(sum)
}

@Suite("Internet checksum")
struct InternetChecksumTests {
    @Test("RFC 1071: no bytes sum up to nothing, and are not valid")
    func empty() {
        withFrame([]) { bytes in
            #expect(InternetChecksum.of(bytes) == 0xffff)
            #expect(!InternetChecksum.isValid(bytes))
        }
        #expect(InternetChecksum().value == 0xffff)
        #expect(!InternetChecksum().isValid)
    }

    @Test("RFC 1071, RFC 1624: published vectors", arguments: ChecksumVectors.full)
    func vectors(data: String, checksum: UInt16) {
        withFrame(hex(data)) { #expect(InternetChecksum.of($0) == checksum) }
    }

    @Test("RFC 1071: any length, at any alignment, equals the plain sum")
    func anyLength() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for length in 0...300 {
            let skipped = length % 8
            // Every fourth run is full of carries.
            let bytes =
                length.isMultiple(of: 4)
                ? [UInt8](repeating: 0xff, count: length + skipped)
                : random.bytes(length + skipped)
            withFrame(bytes) { frame in
                #expect(
                    InternetChecksum.of(frame.dropFirst(skipped))
                        == plainChecksum(Array(bytes.dropFirst(skipped))),
                    "length \(length), seed \(seed)")
            }
        }
    }

    @Test("RFC 1071: pieces of any lengths, odd ones too, sum up as one run")
    func pieces() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<1000 {
            let bytes = random.bytes(Int.random(in: 0...100, using: &random))
            withFrame(bytes) { frame in
                var checksum = InternetChecksum()
                var rest = frame
                while rest.count > 0 {
                    let length = Int.random(in: 0...rest.count, using: &random)
                    checksum.add(rest.prefix(length))
                    rest = rest.dropFirst(length)
                }
                #expect(checksum.value == plainChecksum(bytes), "seed \(seed)")
                checksum.add(0xa1b2)
                #expect(checksum.value == plainChecksum(bytes + [0xa1, 0xb2]), "seed \(seed)")
            }
        }
    }

    @Test("RFC 791: the path for 20 bytes equals the plain sum")
    func twentyBytes() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for round in 0..<2000 {
            var bytes = round == 0 ? [UInt8](repeating: 0xff, count: 20) : random.bytes(20)
            bytes[0] = 0x45
            bytes.replaceSubrange(10..<12, with: [0, 0])
            let checksum = plainChecksum(bytes)
            for wrong in [0, 1, 0x100, 0x8000] as [UInt16] {
                let stored = checksum ^ wrong
                bytes.replaceSubrange(10..<12, with: [UInt8(stored >> 8), UInt8(stored & 0xff)])
                try withFrame(bytes) { frame in
                    let header = try #require(IPv4Header(frame))
                    #expect(header.isChecksumValid == (wrong == 0), "seed \(seed)")
                }
            }
        }
    }

    @Test("RFC 1624, 4: equation 3 gives 0x0000 where RFC 1141 gives 0xffff")
    func equationThree() {
        #expect(InternetChecksum.updating(0xdd2f, from: 0x5555, to: 0x3285 as UInt16) == 0)
        #expect(
            InternetChecksum.updating(0xdd2f, from: 0x2da9_5555, to: 0x2da9_3285 as UInt32) == 0)
    }

    @Test("RFC 1624: an update gives what a full recomputation gives, 16 and 32 bits")
    func incremental() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let edges: [UInt8] = [0, 0xff]
        for _ in 0..<5000 {
            // A first word that is never zero, as in any real header: only then is the sum's
            // zero written in one way.
            var bytes = [0x45] + random.bytes(11)
            if Bool.random(using: &random) {
                for index in 4..<12 { bytes[index] = edges[Int.random(in: 0...1, using: &random)] }
            }
            let words = bytes.indices.dropLast().map {
                UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
            }
            let before = plainChecksum(bytes)
            let high = UInt16.random(in: 0...3, using: &random) &* 0x5555
            let low = UInt16.random(in: 0...UInt16.max, using: &random)
            bytes.replaceSubrange(4..<6, with: [UInt8(high >> 8), UInt8(high & 0xff)])
            #expect(
                InternetChecksum.updating(before, from: words[4], to: high)
                    == plainChecksum(bytes), "seed \(seed)")
            bytes.replaceSubrange(6..<8, with: [UInt8(low >> 8), UInt8(low & 0xff)])
            let old = UInt32(words[4]) << 16 | UInt32(words[6])
            let new = UInt32(high) << 16 | UInt32(low)
            #expect(
                InternetChecksum.updating(before, from: old, to: new) == plainChecksum(bytes),
                "seed \(seed)")
        }
    }

    @Test("RFC 768: a UDP checksum of 0 is sent as 0xffff")
    func zeroForUDP() {
        var checksum = InternetChecksum()
        checksum.add(0xffff)
        #expect(checksum.value == 0)
        #expect(checksum.valueForUDP == 0xffff)
        checksum.add(0x0001)
        #expect(checksum.valueForUDP == checksum.value)
    }
}
