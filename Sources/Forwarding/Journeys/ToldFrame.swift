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

    /// Of the IPv4 packet; nil where it is none.
    var totalLength: Int? { fields.field(.ipv4TotalLength).flatMap(fields.bits).map { Int($0) } }

    /// Where the packet stands in that which it is a part of; nil where it is none.
    var fragmentOffset: Int? {
        guard let offset = fields.field(.ipv4FragmentOffset).flatMap(fields.bits),
            let flags = fields.field(.ipv4Flags).flatMap(fields.bits)
        else { return nil }
        return offset > 0 || flags & 1 != 0 ? 8 * Int(offset) : nil
    }

    /// Nil where it is none of IPv4.
    var destination: IPv4Address? { isIPv4 ? address(.ipv4Destination) : nil }
    var source: IPv4Address? { isIPv4 ? address(.ipv4Source) : nil }

    private func address(_ name: FieldName) -> IPv4Address? {
        guard let field = fields.field(name),
            case .ipv4Address(let address) = fields.value(of: field)
        else { return nil }
        return address
    }

    func text(_ name: FieldName) -> String { fields.text(name) ?? "unknown" }

    /// In one line, as `--packet` writes it.
    var summary: String {
        guard let etherType else { return "\(length) bytes, no whole Ethernet header" }
        let tagged = tags.map { "\($0) " } ?? ""
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
        let summary = fields.bytes.withUnsafeBytes { FrameSummary(FrameBytes($0)) }
        if summary.flow.hasPorts {
            text += " \(summary.source.port) > \(summary.destination.port)"
        }
        return text + " ttl \(self.text(.ipv4TimeToLive)), \(length) bytes"
    }
}

extension ToldFrame {
    /// A message of Freeway's own in one line, for its reader.
    var message: String {
        if fields.field(.arpOperation) != nil {
            return
                "arp, \(text(.arpSenderAddress)) is at \(text(.arpSenderHardwareAddress)), to "
                + text(.arpTargetAddress)
        }
        let kind = fields.text(.icmpType).flatMap { type in
            fields.text(.icmpCode).map { "\(type)/\($0)" }
        }
        let meaning = kind.flatMap { Self.meanings[$0] }.map { ", \($0)" } ?? ""
        let rest = fields.field(.icmpRest).flatMap(fields.bits) ?? 0
        let mtu = kind == "3/4" ? " \(rest & 0xffff)" : ""
        return "icmp \(kind ?? "message")\(meaning)\(mtu), from \(text(.ipv4Source)) to "
            + text(.ipv4Destination)
    }

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
