// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Dataplane
import PacketFields
import PacketHeaders

/// A frame that a journey tells of, at one moment.
struct ToldFrame {
    /// Of the whole frame; the fields are those of the bytes that are held.
    let length: Int
    let fields: FrameFields

    init(_ held: HeldFrame) {
        length = held.length
        fields = FrameFields(held.bytes)
    }

    /// Whether stages take it for IPv4, where its tags are an interface's.
    var isIPv4: Bool { fields.field(.ipv4Destination) != nil }
    var isIPv6: Bool { fields.field(.ipv6Destination) != nil }

    var etherType: EtherType? {
        fields.field(.ethernetEtherType).flatMap(fields.bits).map {
            EtherType(rawValue: UInt16($0))
        }
    }

    private var stack: VLANStack? {
        fields.bytes.withUnsafeBytes { EthernetHeader(FrameBytes($0)).map(VLANStack.init) }
    }

    /// `vlan 100`, or with two tags and priorities `svlan 300 priority 5 vlan 7`; nil without tags.
    var tags: String? {
        guard let stack, stack.count > 0 else { return nil }
        return (0..<stack.count).compactMap { stack.tag(at: $0) }.map {
            ($0.type == .serviceVLAN ? "svlan " : "vlan ") + "\($0.identifier)"
                + ($0.priority == 0 ? "" : " priority \($0.priority)")
        }.joined(separator: " ")
    }

    /// Of Ethernet and tags.
    var headerLength: Int { stack?.payloadOffset ?? 0 }

    /// Of the packet; nil where it is none.
    var totalLength: Int? {
        fields.field(.ipv4TotalLength).flatMap(fields.bits).map { Int($0) }
            ?? fields.field(.ipv6PayloadLength).flatMap(fields.bits).map {
                Int($0) + IPv6Header.byteCount
            }
    }

    /// Where the packet stands in that which it is a part of; nil where it is none.
    var fragmentOffset: Int? {
        guard let offset = fields.field(.ipv4FragmentOffset).flatMap(fields.bits),
            let flags = fields.field(.ipv4Flags).flatMap(fields.bits)
        else { return nil }
        return offset > 0 || flags & 1 != 0 ? 8 * Int(offset) : nil
    }

    /// Nil where it is no packet of IP.
    var destination: IPAddress? { address(isIPv6 ? .ipv6Destination : .ipv4Destination) }
    var source: IPAddress? { address(isIPv6 ? .ipv6Source : .ipv4Source) }

    private func address(_ name: FieldName) -> IPAddress? {
        guard let field = fields.field(name) else { return nil }
        switch fields.value(of: field) {
        case .ipv4Address(let address): return IPAddress(address)
        case .ipv6Address(let address): return IPAddress(address)
        default: return nil
        }
    }

    func text(_ name: FieldName) -> String { fields.text(name) ?? "unknown" }

    /// In one line, as `--packet` writes it.
    var summary: String {
        guard let etherType else { return "\(length) bytes, no whole Ethernet header" }
        let tagged = tags.map { "\($0) " } ?? ""
        let flow = fields.bytes.withUnsafeBytes { FrameSummary(FrameBytes($0)) }
        guard !isIPv6 else {
            var text =
                "\(tagged)ipv6 \(self.text(.ipv6Source)) > \(self.text(.ipv6Destination))"
            text += flow.flow.ipProtocol.map { " \($0.word)" } ?? ""
            if flow.flow.hasPorts { text += " \(flow.source.port) > \(flow.destination.port)" }
            return text + " hop limit \(self.text(.ipv6HopLimit)), \(length) bytes"
        }
        guard isIPv4 else {
            let type = stack?.etherType ?? etherType
            return
                "\(tagged)\(type.word) \(text(.ethernetSource)) > \(text(.ethernetDestination)), "
                + "\(length) bytes"
        }
        let number = fields.field(.ipv4Protocol).flatMap(fields.bits) ?? 0
        let ipProtocol = IPProtocol(rawValue: UInt8(number))
        var text =
            "\(tagged)ipv4 \(text(.ipv4Source)) > \(text(.ipv4Destination)) \(ipProtocol.word)"
        if flow.flow.hasPorts { text += " \(flow.source.port) > \(flow.destination.port)" }
        return text + " ttl \(self.text(.ipv4TimeToLive)), \(length) bytes"
    }
}

extension ToldFrame {
    /// What a frame was that ended at Route, and did what it came for.
    var consumedAs: String {
        switch fields.text(.icmpv6Type) {
        case "136": "it tells the MAC of a host that was asked for, or known"
        case "133": "it asks for routers"
        case "130": "it asks which groups are listened to"
        default: "a part of a datagram for Freeway, which needs all of them"
        }
    }

    /// A message of Freeway's own in one line, for its reader.
    var message: String {
        if fields.field(.arpOperation) != nil {
            return
                "arp, \(text(.arpSenderAddress)) is at \(text(.arpSenderHardwareAddress)), to "
                + text(.arpTargetAddress)
        }
        if isIPv6 { return messageOfIPv6 }
        let kind = fields.text(.icmpType).flatMap { type in
            fields.text(.icmpCode).map { "\(type)/\($0)" }
        }
        let meaning = kind.flatMap { Self.meanings[$0] }.map { ", \($0)" } ?? ""
        let rest = fields.field(.icmpRest).flatMap(fields.bits) ?? 0
        let mtu = kind == "3/4" ? " \(rest & 0xffff)" : ""
        return "icmp \(kind ?? "message")\(meaning)\(mtu), from \(text(.ipv4Source)) to "
            + text(.ipv4Destination)
    }

    private var messageOfIPv6: String {
        let kind = fields.text(.icmpv6Type).flatMap { type in
            fields.text(.icmpv6Code).map { "\(type)/\($0)" }
        }
        let meaning = kind.flatMap { Self.meaningsOfIPv6[$0] }.map { ", \($0)" } ?? ""
        let rest = fields.field(.icmpv6Rest).flatMap(fields.bits) ?? 0
        let mtu = kind == "2/0" ? " \(rest)" : ""
        return "icmpv6 \(kind ?? "message")\(meaning)\(mtu), from \(text(.ipv6Source)) to "
            + text(.ipv6Destination)
    }

    /// By type and code (RFC 4443 and RFC 4861).
    private static let meaningsOfIPv6 = [
        "1/0": "no route", "1/1": "administratively prohibited",
        "1/2": "beyond the scope of the source", "1/3": "address unreachable",
        "1/4": "port unreachable", "1/6": "reject route", "2/0": "packet too big, MTU",
        "3/0": "time exceeded", "3/1": "reassembly time exceeded", "4/0": "wrong field",
        "4/1": "unknown next header", "4/2": "unknown option", "129/0": "echo reply",
        "136/0": "neighbour advertisement",
    ]

    /// By type and code (RFC 792).
    private static let meanings = [
        "0/0": "echo reply", "3/0": "network unreachable", "3/1": "host unreachable",
        "3/2": "protocol unreachable", "3/3": "port unreachable",
        "3/4": "fragmentation needed, MTU", "3/13": "administratively prohibited",
        "11/0": "time exceeded", "12/0": "parameter problem",
    ]
}

extension [String: JSONValue] {
    /// Adds the fields that the frame has, under their names.
    /// - Parameter moment: stands behind the names where there are several.
    mutating func add(_ frame: ToldFrame, _ names: FieldName..., moment: String = "") {
        for name in names {
            guard let text = frame.fields.text(name) else { continue }
            self[name.rawValue + moment] = .string(text)
        }
    }
}
