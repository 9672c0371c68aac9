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

    /// Whether stages take it for IPv4: they look behind no tags.
    var isIPv4: Bool { etherType == .ipv4 && fields.field(.ipv4Destination) != nil }

    var etherType: EtherType? {
        fields.field(.ethernetEtherType).flatMap(fields.bits).map {
            EtherType(rawValue: UInt16($0))
        }
    }

    /// Nil where it is none of IPv4.
    var destination: IPv4Address? {
        guard isIPv4, let field = fields.field(.ipv4Destination),
            case .ipv4Address(let address) = fields.value(of: field)
        else { return nil }
        return address
    }

    func text(_ name: FieldName) -> String { fields.text(name) ?? "unknown" }

    /// In one line, as `--packet` writes it.
    var summary: String {
        guard let etherType else { return "\(length) bytes, no whole Ethernet header" }
        guard isIPv4 else {
            return "\(etherType.word) \(text(.ethernetSource)) > \(text(.ethernetDestination)), "
                + "\(length) bytes"
        }
        let number = fields.field(.ipv4Protocol).flatMap(fields.bits) ?? 0
        let ipProtocol = IPProtocol(rawValue: UInt8(number))
        var text =
            "ipv4 \(text(.ipv4Source)) > \(text(.ipv4Destination)) \(ipProtocol.word)"
        let summary = fields.bytes.withUnsafeBytes { FrameSummary(FrameBytes($0)) }
        if summary.flow.hasPorts {
            text += " \(summary.source.port) > \(summary.destination.port)"
        }
        return text + " ttl \(self.text(.ipv4TimeToLive)), \(length) bytes"
    }
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
