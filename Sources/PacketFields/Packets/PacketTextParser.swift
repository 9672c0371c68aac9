// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import PacketHeaders

/// Reads the words of a ``PacketText`` from left to right.
struct PacketTextParser {
    private struct Word {
        let text: String
        let column: Int
    }

    private typealias Option = PacketText.Option

    private enum Transport: String, CaseIterable {
        case udp, tcp, icmp
        case number = "protocol"
    }

    private static let networks = ["ipv4", "ipv6", "arp"]

    private var words: [Word] = []
    private var position = 0
    /// Where a word would be that is missing.
    private let end: Int
    private var seen: Set<String> = []

    init(_ text: String) {
        var column = 1
        var word = ""
        for character in text + " " {
            if character.isWhitespace {
                if !word.isEmpty { words.append(Word(text: word, column: column - word.count)) }
                word = ""
            } else {
                word.append(character)
            }
            column += 1
        }
        end = text.count + 1
    }

    mutating func packet() throws(PacketTextError) -> PacketText {
        var tags: [VLANTag] = []
        while let type = Self.tagType(peek) { tags.append(try tag(type)) }
        var packet = PacketText(try network())
        packet.tags = tags
        while position < words.count {
            let word = words[position]
            if let transport = Transport(rawValue: word.text) {
                try once("protocol", word)
                packet.transport = try self.transport(transport, packet)
            } else if let option = Option(rawValue: word.text) {
                if Self.tagType(word.text) == nil { try once(word.text, word) }
                try read(option, into: &packet)
                packet.given.insert(option)
            } else {
                let known = Transport.allCases.map(\.rawValue) + Option.allCases.map(\.rawValue)
                throw unknown(word, "a protocol or an option", known)
            }
        }
        try checkLength(packet)
        return packet
    }

    private var peek: String? { position < words.count ? words[position].text : nil }

    private mutating func next(_ what: String) throws(PacketTextError) -> Word {
        guard position < words.count else {
            throw PacketTextError(column: end, message: "\(what) is missing at the end")
        }
        position += 1
        return words[position - 1]
    }

    private func unknown(_ word: Word, _ what: String, _ known: [String]) -> PacketTextError {
        let near = Spelling.nearest(to: word.text, among: known)
        return PacketTextError(
            column: word.column,
            message: "\"\(word.text)\" is not \(what); "
                + (near.map { "did you mean \"\($0)\"? There" } ?? "there")
                + " are \(known.joined(separator: ", "))")
    }

    private mutating func once(_ name: String, _ word: Word) throws(PacketTextError) {
        guard seen.insert(name).inserted else {
            throw PacketTextError(column: word.column, message: "\(name) is given twice")
        }
    }

    private mutating func network() throws(PacketTextError) -> PacketText.Network {
        let word = try next("ipv4, ipv6 or arp")
        switch word.text {
        case "ipv4":
            let (source, destination) = try pair("an IPv4 address such as 192.0.2.7") {
                IPv4Address($0)
            }
            return .ipv4(source: source, destination: destination)
        case "ipv6":
            let (source, destination) = try pair("an IPv6 address such as 2001:db8::7") {
                IPv6Address($0)
            }
            return .ipv6(source: source, destination: destination)
        case "arp":
            let (sender, target) = try pair("an IPv4 address such as 192.0.2.7") {
                IPv4Address($0)
            }
            return .arp(sender: sender, target: target)
        default: throw unknown(word, "a kind of packet", Self.networks)
        }
    }

    /// `A > B`
    private mutating func pair<Value>(
        _ what: String, _ parse: (String) -> Value?
    ) throws(PacketTextError) -> (Value, Value) {
        let first = try value(what, parse)
        let sign = try next("\">\" and \(what)")
        guard sign.text == ">" else {
            throw PacketTextError(
                column: sign.column,
                message: "\"\(sign.text)\" stands where \">\" must be, with spaces around it")
        }
        return (first, try value(what, parse))
    }

    private mutating func value<Value>(
        _ what: String, _ parse: (String) -> Value?
    ) throws(PacketTextError) -> Value {
        let word = try next(what)
        guard let value = parse(word.text) else {
            throw PacketTextError(
                column: word.column, message: "\"\(word.text)\" is not \(what)")
        }
        return value
    }

    /// Decimal, or hexadecimal behind `0x`.
    private mutating func number(
        _ name: String, _ range: ClosedRange<Int>
    ) throws(PacketTextError) -> Int {
        let what = "a number from \(range.lowerBound) to \(range.upperBound) for \(name)"
        return try value(what) { text in
            let parsed =
                text.hasPrefix("0x") ? Int(text.dropFirst(2), radix: 16) : Int(text, radix: 10)
            return parsed.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    private mutating func transport(
        _ transport: Transport, _ packet: PacketText
    ) throws(PacketTextError) -> PacketText.Transport {
        let word = try next("a protocol")
        if case .arp = packet.network {
            throw PacketTextError(
                column: word.column, message: "an arp packet carries no \(word.text)")
        }
        switch transport {
        case .udp, .tcp:
            let (source, destination) = try pair("a port from 0 to 65535") { UInt16($0, radix: 10) }
            return transport == .udp
                ? .udp(source: source, destination: destination)
                : .tcp(source: source, destination: destination)
        case .icmp:
            // An echo request unless it says otherwise.
            var type = 8
            if case .ipv6 = packet.network { type = 128 }
            var code = 0
            if isNumber(peek) { type = try number("the type", 0...255) }
            if isNumber(peek) { code = try number("the code", 0...255) }
            return .icmp(type: UInt8(type), code: UInt8(code))
        case .number: return .other(UInt8(try number("protocol", 0...255)))
        }
    }

    private func isNumber(_ word: String?) -> Bool { word?.first?.isNumber == true }

    /// Of `vlan` and `svlan`.
    private static func tagType(_ word: String?) -> EtherType? {
        switch word {
        case PacketText.Option.vlan.rawValue: .vlan
        case PacketText.Option.svlan.rawValue: .serviceVLAN
        default: nil
        }
    }

    /// The word, the identifier, and perhaps a priority.
    private mutating func tag(_ type: EtherType) throws(PacketTextError) -> VLANTag {
        let word = try next("vlan or svlan")
        let identifier = UInt16(try number(word.text, 0...4_095))
        var priority: UInt16 = 0
        if peek == "priority" {
            _ = try next("priority")
            priority = UInt16(try number("priority", 0...7))
        }
        return VLANTag(type: type, controlInformation: priority << 13 | identifier)
    }

    private mutating func read(
        _ option: Option, into packet: inout PacketText
    ) throws(PacketTextError) {
        if let type = Self.tagType(option.rawValue) {
            return packet.tags.append(try tag(type))
        }
        let word = try next("an option")
        try check(option, word, packet)
        switch option {
        case .ttl: packet.timeToLive = UInt8(try number("ttl", 0...255))
        case .tos: packet.typeOfService = UInt8(try number("tos", 0...255))
        case .id: packet.identification = UInt16(try number("id", 0...65_535))
        case .df: packet.dontFragment = true
        case .mf: packet.moreFragments = true
        case .offset:
            let offset = try number("offset", 0...65_528)
            guard offset.isMultiple(of: 8) else {
                throw PacketTextError(
                    column: words[position - 1].column,
                    message: "\(offset) is not a multiple of 8, which a fragment's offset must be")
            }
            packet.fragmentOffset = offset
        case .length: packet.length = try number("length", 20...65_521)
        case .flags: packet.tcpFlags = try flags()
        case .checksum: packet.headerChecksum = UInt16(try number("checksum", 0...65_535))
        case .payload:
            packet.payload = try value("a payload in hexadecimal digits") { HexText.bytes($0) }
        case .vlan, .svlan: break
        case .from: packet.sourceMAC = try mac()
        case .to: packet.destinationMAC = try mac()
        }
    }

    private mutating func mac() throws(PacketTextError) -> MACAddress {
        try value("a MAC address such as 02:00:00:00:00:01") { MACAddress($0) }
    }

    /// Some of the letters of tcpdump: F S R P . U, with A for the dot, E and C.
    private mutating func flags() throws(PacketTextError) -> UInt8 {
        try value("TCP flags, some of F, S, R, P, A, U, E and C") { text in
            var flags: UInt8 = 0
            for letter in text {
                guard let bit = "FSRPAUEC".firstIndex(of: letter == "." ? "A" : letter) else {
                    return nil
                }
                flags |= 1 << UInt8("FSRPAUEC".distance(from: "FSRPAUEC".startIndex, to: bit))
            }
            return flags
        }
    }

    /// An option must mean something for the packet.
    private func check(
        _ option: Option, _ word: Word, _ packet: PacketText
    ) throws(PacketTextError) {
        let isIPv4 = if case .ipv4 = packet.network { true } else { false }
        let isARP = if case .arp = packet.network { true } else { false }
        let message: String? =
            switch option {
            case .id, .df, .mf, .offset, .checksum:
                isIPv4 ? nil : "\(word.text) is a field of ipv4 packets"
            case .ttl, .tos, .length, .payload:
                isARP ? "an arp packet has no \(word.text)" : nil
            case .flags:
                if case .tcp = packet.transport {
                    nil
                } else {
                    "flags are TCP's: write tcp and its ports before them"
                }
            case .vlan, .svlan, .from, .to: nil
            }
        if let message { throw PacketTextError(column: word.column, message: message) }
    }

    private func checkLength(_ packet: PacketText) throws(PacketTextError) {
        let needed = packet.packet().count
        if let length = packet.length, length < needed {
            throw PacketTextError(
                column: end, message: "length is \(length), but the packet's parts have \(needed)")
        }
        guard packet.bytes(for: MACAddress(rawValue: 0)).count <= PacketText.longestFrame else {
            throw PacketTextError(
                column: end,
                message: "the frame is longer than \(PacketText.longestFrame) bytes")
        }
    }
}
