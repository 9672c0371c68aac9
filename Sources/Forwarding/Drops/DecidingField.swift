// SPDX-License-Identifier: Apache-2.0

public import Dataplane
public import FreewayConfiguration
import PacketFields
public import PacketHeaders

/// The field of a frame that decided that it was dropped, named as in expectations, with what it held
/// and what would have been right: `ipv4.headerChecksum`, `0x1234, computed 0xabcd`.
///
/// Found on the control side from the drop reason and the frame's bytes, so that a drop costs the worker
/// nothing more for it.
public struct DecidingField: Sendable, Equatable {
    public let name: String
    public let value: String

    /// Nil where no field of the frame was looked at, but a queue or the end of the forwarder decided.
    /// - Parameters:
    ///   - frame: the beginning of the frame as the stage saw it that dropped it; any bytes do. 74 hold
    ///     all fields.
    ///   - frameLength: bytes of the whole frame.
    ///   - stage: that dropped it; nil between workers.
    ///   - configuration: names ports and networks: the one in force now, which may not be that of the time.
    public init?(
        _ reason: DropReason, in frame: FrameBytes, frameLength: Int, by stage: Stage? = nil,
        _ configuration: Configuration
    ) {
        // Routing measures the packet, a cross-connect the frame, whatever is in it.
        let row =
            reason == .exceedsMTU && stage == .crossConnect ? "frame.length" : reason.row.field
        guard let row, row != "port" else { return nil }
        name = row
        guard row != "frame.length" else {
            value = "\(frameLength)" + (reason == .truncatedFrame ? Self.needed(frameLength) : "")
            return
        }
        let fields = FrameFields((0..<frame.count).compactMap(frame.uint8))
        guard let field = FieldName(rawValue: row).flatMap(fields.field) else { return nil }
        value =
            fields.text(of: field)
            + Self.detail(
                reason, IPv4Header(frame.dropFirst(EthernetHeader.byteCount)), frameLength,
                configuration)
    }

    /// What the field was held against, where it can be told.
    private static func detail(
        _ reason: DropReason, _ packet: IPv4Header?, _ frameLength: Int,
        _ configuration: Configuration
    ) -> String {
        guard let packet else { return "" }
        return switch reason {
        case .badHeaderLength: headerLength(packet, frameLength)
        case .badTotalLength: totalLength(packet, frameLength)
        case .badChecksum:
            ", computed " + FieldValue.hexadecimal(UInt64(checksum(packet)), bits: 16)
        case .martianSource: source(packet.source, configuration)
        case .martianDestination: linkLocal(packet.destination)
        default: ""
        }
    }

    /// A source that no packet of another host can have.
    private static func source(
        _ address: IPv4Address, _ configuration: Configuration
    ) -> String {
        for port in configuration.ports {
            for own in port.addresses {
                if own.address == address { return ", port \(port.name)'s own address" }
                if own.prefixLength <= 30, own.network.lastAddress == address {
                    return ", the broadcast address of \(own.network) on \(port.name)"
                }
            }
        }
        return linkLocal(address)
    }

    private static func linkLocal(_ address: IPv4Address) -> String {
        address.isLinkLocal ? ", link-local (RFC 3927)" : ""
    }

    private static func needed(_ frameLength: Int) -> String {
        frameLength < EthernetHeader.byteCount
            ? ", an Ethernet header takes \(EthernetHeader.byteCount)"
            : ", with an IPv4 header at least "
                + "\(EthernetHeader.byteCount + IPv4Header.minimumByteCount)"
    }

    private static func headerLength(_ packet: IPv4Header, _ frameLength: Int) -> String {
        packet.headerLength < IPv4Header.minimumByteCount
            ? ", at least \(IPv4Header.minimumByteCount)"
            : ", \(frameLength - EthernetHeader.byteCount) in the frame"
    }

    private static func totalLength(_ packet: IPv4Header, _ frameLength: Int) -> String {
        packet.totalLength < packet.headerLength
            ? ", the header alone has \(packet.headerLength)"
            : ", \(frameLength - EthernetHeader.byteCount) in the frame"
    }

    /// What the checksum field should hold: the sum over the header with zero in its place.
    private static func checksum(_ packet: IPv4Header) -> UInt16 {
        var sum = InternetChecksum()
        sum.add(packet.bytes.prefix(10))
        sum.add(packet.bytes.prefix(packet.headerLength).dropFirst(12))
        return sum.value
    }
}
