// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import PacketFields

/// Hex dumps as tools print them: Tests/Captures/dumps.sh had them printed.
@Suite struct HexDumpTests {
    static let folder = Repository.root.appending(path: "Tests/Captures/dumps")

    static func texts(in folder: URL) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".txt") }.sorted()
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
    }

    /// Digits alone, two for each byte.
    private func plain(_ digits: String) -> [UInt8] {
        let digits = digits.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
    }

    @Test(
        "a dump of each tool has the bytes of the frame that it is of", arguments: texts(in: folder)
    )
    func tools(name: String) throws {
        let expected = plain(try text("\(name.prefix { $0 != "." }).hex"))
        #expect(try HexText.frame(try text(name)) == expected)
        // Mail and terminals change the ends of lines.
        let windows = try text(name).replacing("\n", with: "\r\n")
        #expect(try HexText.frame(windows) == expected)
        let trimmed = try text(name).split(separator: "\n").map { line in
            String(line.reversed().drop { $0 == " " }.reversed())
        }
        #expect(try HexText.frame(trimmed.joined(separator: "\n")) == expected)
    }

    @Test("every tool is there, with frames of whole and of broken lines")
    func coverage() {
        #expect(Self.texts(in: Self.folder).count == 50)
        #expect(Self.texts(in: Self.folder.appending(path: "refused")).count == 9)
    }

    @Test(
        "what does not say where bytes are, or in which order, is refused with the way out",
        arguments: [
            (
                "od",
                "line 1: 0000000 may be an offset, and the order of the bytes behind it is not said"
            ),
            (
                "od-x",
                "line 1: 0000000 may be an offset, and the order of the bytes behind it is not"
            ),
            ("hexdump", "use hexdump -C, od -A x -t x1 or xxd"),
            ("od-octal", "line 2: the offsets are octal; use od -A x -t x1, hexdump -C or xxd"),
            ("xxd-e", "line 1: is no line of a dump"),
            (
                "later-part",
                "line 1: the dump begins at offset 00000010: the bytes before it are missing"
            ),
            ("gap", "line 2: the offset is 00000020, but 0x10 bytes stand before it"),
            ("two", "line 5: a second frame begins here; give one frame"),
            ("tcpdump-x", "an IP packet stands here without its Ethernet header"),
        ])
    func refused(name: String, message: String) throws {
        let text = try text("refused/\(name).txt")
        let error = #expect(throws: PacketTextError.self) { try HexText.frame(text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test(
        "what may be an offset or bytes is neither",
        arguments: [
            ("0200 00 00 00 01 01", "0200 may be an offset or bytes"),
            ("00000000 0101 0200", "may be an offset"),
            ("0000 0200 0000 0101\n0006 0200 0000 0001", "line 1: 0000 may be an offset"),
            ("0000: 0200 00zz", "line 1: is no line of a dump"),
            ("0000  02 00 00 01 xx", "line 1: is no line of a dump"),
            ("0000  02 00\n02 00", "line 2: begins with no offset"),
            // tcpdump -xx of two frames.
            (
                """
                12:00:00.000001 IP 192.0.2.1 > 192.0.2.2: ICMP echo request, id 1, seq 1, length 8
                \t0x0000:  0200 0000 0001 0200 0000 0002 0800 4500
                12:00:00.000002 IP 192.0.2.2 > 192.0.2.1: ICMP echo reply, id 1, seq 1, length 8
                \t0x0000:  0200 0000 0002 0200 0000 0001 0800 4500
                """, "line 3: a second frame begins here"
            ),
            // tcpdump -x of ARP.
            (
                """
                \t0x0000:  0001 0800 0604 0001 0200 0000 0002 c000
                \t0x0010:  0202 0000 0000 0000 c000 0201
                """, "an ARP packet stands here without its Ethernet header"
            ),
            ("0000: 0200  ab", "line 1: is no line of a dump"),
            ("0000  02 00\n*\n", "line 2: how many lines the star stands for"),
            ("0000  02 00\n*\nffffff", "line 2: how many lines the star stands for"),
        ])
    func ambiguous(text: String, message: String) {
        let error = #expect(throws: PacketTextError.self) { try HexText.frame(text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test("characters that read like bytes are told apart")
    func characters() throws {
        // "ab cd ef" and "61 62" as text.
        let text = [UInt8]("ab cd ef".utf8)
        let digits = text.map { String($0, radix: 16) }.joined(separator: " ")
        #expect(try HexText.frame("0000  \(digits)   ab cd ef") == text)
        #expect(try HexText.frame("00000000: 6162 6364  abcd") == [0x61, 0x62, 0x63, 0x64])
        // A blank at the end is lost on the way, one at the beginning is not.
        #expect(try HexText.frame("0000  20 61 20    a") == [0x20, 0x61, 0x20])
    }

    @Test("digits alone are what they were: groups of any width, also of zeros")
    func digits() throws {
        #expect(try HexText.frame("0000 0102 0304") == [0, 0, 1, 2, 3, 4])
        #expect(
            try HexText.frame("020000000101 0200000000fe 0800")
                == [2, 0, 0, 0, 1, 1, 2, 0, 0, 0, 0, 0xfe, 8, 0])
        #expect(try HexText.frame("02 00\n00 01") == [2, 0, 0, 1])
    }

    @Test("an IPv6 packet without its Ethernet header, and a frame that only looks like one")
    func withoutEthernet() throws {
        let packet = try PacketText("ipv6 2001:db8::1 > 2001:db8::2 udp 1 > 2").packet()
        let hex = packet.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(throws: PacketTextError.self) { try HexText.frame(hex) }
        #expect(try HexText.frame(hex + "00").count == packet.count + 1)
    }

    /// Seed 6: pieces of dumps in any order. Nothing traps, and what is read is no longer than the text.
    @Test func piecesInAnyOrderGiveBytesOrAnError() {
        var random = SeededGenerator(seed: 6)
        let pieces = [
            "0000", "0010", "0x0000:", "00000000:", "0000000", "  ", " ", "\n", "02", "0200", "*",
            "|..|", "..", "45", "\t", "0020", "ab", "\r\n", "é", ":", "ffffffff",
        ]
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...24, using: &random)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &random)]
            }.joined()
            if let bytes = try? HexText.frame(text) { #expect(bytes.count <= 65_535) }
        }
    }
}
