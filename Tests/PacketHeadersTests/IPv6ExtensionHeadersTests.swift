// SPDX-License-Identifier: Apache-2.0

import PacketHeaders
import Testing

@Suite("IPv6 extension headers")
struct IPv6ExtensionHeadersTests {
    private func walk(
        _ nextHeader: UInt8, _ payload: [UInt8], cutBy cut: Int = 0
    ) throws -> IPv6ExtensionHeaders {
        try withFrame(ipv6(nextHeader, payload: payload).dropLast(cut)) {
            try #require(IPv6Header($0)).extensionHeaders
        }
    }

    /// An extension header of 8 bytes in the shape of RFC 8200, 4.
    private func header(_ next: UInt8) -> [UInt8] { [next, 0, 1, 4, 0, 0, 0, 0] }

    @Test("RFC 8200, 4: an extension header of which bytes lack is not stepped over")
    func truncated() throws {
        for count in 0..<8 {
            let result = try walk(60, Array(header(17).prefix(count)))
            #expect(result.end == .truncated)
            #expect(result.finalProtocol == .destinationOptions)
            #expect(result.offset == 40)
            #expect(result.count == 0)
        }
        // A length of 2048 bytes, and a frame that was cut after the walk's first header.
        #expect(try walk(43, [17, 255, 0, 0, 0, 0, 0, 0]).end == .truncated)
        let cut = try walk(0, header(60) + header(17), cutBy: 1)
        #expect(cut.end == .truncated)
        #expect(cut.finalProtocol == .destinationOptions)
        #expect(cut.offset == 48)
    }

    @Test("RFC 8200: bytes beyond the payload length hold no headers")
    func padding() throws {
        let bytes = ipv6(60, payload: header(17)).replacing(at: 4, "0007")
        try withFrame(bytes) { bytes in
            let header = try #require(IPv6Header(bytes))
            #expect(header.extensionHeaders.end == .truncated)
        }
    }

    @Test("RFC 8200, 4.1: hop-by-hop options stand first or nowhere")
    func misplacedHopByHop() throws {
        let result = try walk(60, header(0) + header(17) + udp)
        #expect(result.end == .misplacedHopByHop)
        #expect(result.finalProtocol == .hopByHop)
        #expect(result.offset == 48)
        #expect(try walk(0, header(0) + header(17)).end == .misplacedHopByHop)
    }

    @Test("eight headers are walked, a ninth ends the walk")
    func tooMany() throws {
        let eight = Array(repeating: header(60), count: 7).joined() + header(17)
        #expect(try walk(60, eight + udp).end == .upperLayer)
        let nine = try walk(60, header(60) + eight + udp)
        #expect(nine.end == .tooManyHeaders)
        #expect(nine.count == 8)
        #expect(nine.offset == 40 + 64)
    }

    @Test("RFC 4302, 2.2: an AH shorter than its own fields ends the walk")
    func malformedAuthentication() throws {
        let result = try walk(51, [17, 0] + [UInt8](repeating: 0, count: 14))
        #expect(result.end == .malformedAuthentication)
        #expect(result.offset == 40)
    }

    @Test(
        "RFC 8200, 4: what is no extension header is the upper layer",
        arguments: [6, 17, 50, 58, 59, 135, 253, 255] as [UInt8])
    func upperLayer(number: UInt8) throws {
        let result = try walk(number, [])
        #expect(result.end == .upperLayer)
        #expect(result.finalProtocol.rawValue == number)
        #expect(result.offset == 40)
        #expect(result.count == 0)
        #expect(result.fragmentPosition == .whole)
    }

    @Test("RFC 8200, 4.1 and RFC 4302: all headers in the recommended order")
    func chain() throws {
        let authentication = [60, 4] + [UInt8](repeating: 0, count: 22)
        let longRouting = [44, 1] + [UInt8](repeating: 0, count: 14)
        let payload =
            header(60) + header(43) + longRouting + [51, 0, 0, 0, 0, 0, 0, 7] + authentication
            + header(17) + udp
        let result = try walk(0, payload)
        #expect(result.end == .upperLayer)
        #expect(result.finalProtocol == .udp)
        #expect(result.offset == 40 + payload.count - udp.count)
        #expect(result.count == 6)
        #expect(result.fragmentPosition == .atomic)
        #expect(result.fragmentHeaderOffset == 40 + 8 + 8 + 16)
    }

    @Test("RFC 8200, 4.5: behind the header of a later fragment there are no headers")
    func laterFragment() throws {
        for word in ["0008", "0009", "fff8"] {
            let result = try walk(44, hex("3c 00 \(word) 00000007") + header(17))
            #expect(result.end == .laterFragment)
            #expect(result.fragmentPosition == .later)
            #expect(result.finalProtocol == .destinationOptions)
            #expect(result.offset == 48)
        }
    }

    @Test("RFC 8200, 4.5: a first fragment is walked on")
    func firstFragment() throws {
        let result = try walk(44, hex("3c 00 0001 00000007") + header(17) + udp)
        #expect(result.end == .upperLayer)
        #expect(result.fragmentPosition == .first)
        #expect(result.finalProtocol == .udp)
        #expect(result.offset == 56)
    }

    @Test("RFC 6946: offset 0 without more fragments is atomic; reserved bits do not count")
    func atomicFragment() throws {
        for word in ["0000", "0006"] {
            let result = try walk(44, hex("11 ff \(word) 00000007") + udp)
            #expect(result.fragmentPosition == .atomic)
            #expect(!result.fragmentPosition.isFragment)
            #expect(result.finalProtocol == .udp)
            #expect(result.fragmentHeaderOffset == 40)
        }
    }

    @Test("a second fragment header does not make a fragment whole again")
    func twoFragmentHeaders() throws {
        let result = try walk(44, hex("2c 00 0001 00000007  11 00 0000 00000008") + udp)
        #expect(result.fragmentPosition == .first)
    }
}
