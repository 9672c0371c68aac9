// SPDX-License-Identifier: Apache-2.0

import PacketHeaders
import Testing

@Suite("Options of IPv4 and TCP headers")
struct IPv4OptionsTests {
    /// Walks the options of an IPv4 header whose length field is `words` × 4.
    private func walk(
        _ text: String, words: Int
    ) throws -> (options: [(kind: UInt8, offset: Int, length: Int)], isMalformed: Bool) {
        let first = UInt8(0x40 | words)
        return try withFrame([first] + ipv4UDP.dropFirst() + hex(text)) { bytes in
            var walk = try #require(IPv4Header(bytes)).options
            var options: [(UInt8, Int, Int)] = []
            while let option = walk.next() {
                options.append((option.kind, option.offset, option.data.count))
            }
            #expect(walk.next() == nil, "a walk that ended stays at its end")
            return (options, walk.isMalformed)
        }
    }

    @Test("RFC 791: a length of 0 or 1 ends the walk", arguments: ["0700", "0701"])
    func lengthTooSmall(text: String) throws {
        let result = try walk(text + "0000", words: 6)
        #expect(result.options.isEmpty)
        #expect(result.isMalformed)
    }

    @Test(
        "RFC 791: an option may not lead out of the header",
        arguments: ["0705 0400", "01010107"])
    func lengthTooLarge(text: String) throws {
        // The bytes behind the header would let it fit.
        let result = try walk(text + "0303030303", words: 6)
        #expect(result.options.isEmpty)
        #expect(result.isMalformed)
    }

    @Test("RFC 791: a header length beyond the bytes does not lead out of them")
    func headerBeyondBytes() throws {
        let result = try walk("0704 04", words: 15)
        #expect(result.options.isEmpty)
        #expect(result.isMalformed)
    }

    @Test("RFC 791: no options in a header of 20 bytes or less", arguments: [0, 4, 5])
    func none(words: Int) throws {
        let result = try walk("94040000", words: words)
        #expect(result.options.isEmpty)
        #expect(!result.isMalformed)
    }

    @Test("RFC 791: padding is passed over, the end of the list ends it")
    func list() throws {
        let result = try walk("01 94040000 0703 04 00 9404 00", words: 8)
        #expect(!result.isMalformed)
        #expect(result.options.map(\.kind) == [148, 7])
        #expect(result.options.map(\.offset) == [21, 25])
        #expect(result.options.map(\.length) == [2, 1])
    }

    @Test("RFC 791, RFC 2113: names of options, and which are copied into fragments")
    func types() throws {
        try withFrame([0x46] + ipv4UDP.dropFirst() + hex("83030000")) { bytes in
            var options = try #require(IPv4Header(bytes)).options
            let next = options.next()
            let option = try #require(next)
            #expect(option.ipv4Type == .looseSourceRoute)
            #expect(option.ipv4Type.isCopiedIntoFragments)
            #expect(option.data.uint8(at: 0) == 0)
        }
        #expect(IPv4OptionType.strictSourceRoute.isCopiedIntoFragments)
        #expect(IPv4OptionType.routerAlert.isCopiedIntoFragments)
        #expect(!IPv4OptionType.recordRoute.isCopiedIntoFragments)
        #expect(!IPv4OptionType.timestamp.isCopiedIntoFragments)
    }

    @Test("RFC 9293, 3.1: TCP's options have the same shape")
    func tcp() throws {
        let segment = hex("0050 1000 00000001 00000000 6002 ffff 0000 0000 020405b4")
        try withFrame(segment) { bytes in
            var options = try #require(TCPHeader(bytes)).options
            let next = options.next()
            let option = try #require(next)
            #expect(option.kind == 2)
            #expect(option.data.uint16(at: 0) == 1460)
            #expect(options.next() == nil)
        }
    }
}
