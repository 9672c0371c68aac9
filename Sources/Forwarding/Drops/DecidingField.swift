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

    /// Nil where no field decided, but a table, a queue or the end of the forwarder.
    /// - Parameters:
    ///   - frame: the beginning of the frame as the stage saw it that dropped it; any bytes do. 74 hold
    ///     all fields.
    ///   - frameLength: bytes of the whole frame.
    ///   - stage: that dropped it; nil between workers.
    ///   - configuration: names the ports and networks that addresses were held against.
    public init?(
        _ reason: DropReason, in frame: FrameBytes, frameLength: Int, by stage: Stage? = nil,
        _ configuration: Configuration
    ) {
        let packet = IPv4Header(frame.dropFirst(EthernetHeader.byteCount))
        let found: (String, String)? =
            switch reason {
            case .truncatedFrame: Self.length(frameLength)
            case .unknownEtherType, .arpNotHandled, .ipv6NotHandled, .vlanNotHandled:
                EthernetHeader(frame).map { ("ethernet.etherType", "\($0.etherType)") }
            case .notForUs, .linkLayerBroadcast:
                EthernetHeader(frame).map { ("ethernet.destination", "\($0.destination)") }
            case .badVersion:
                packet.map { ("ipv4.version", "\($0.version)") }
            case .badHeaderLength:
                packet.map { Self.headerLength($0, frameLength) }
            case .badTotalLength:
                packet.map { Self.totalLength($0, frameLength) }
            case .badChecksum:
                packet.map {
                    (
                        "ipv4.headerChecksum",
                        "\(Self.hexadecimal($0.checksum)), computed "
                            + Self.hexadecimal(Self.checksum($0))
                    )
                }
            case .martianSource:
                packet.map { ("ipv4.source", Self.source($0.source, configuration)) }
            case .martianDestination:
                packet.map {
                    ("ipv4.destination", "\($0.destination)" + Self.linkLocal($0.destination))
                }
            case .multicast, .directedBroadcast, .localNotHandled, .noRoute,
                .blackhole, .unreachable, .noNeighbour:
                packet.map { ("ipv4.destination", "\($0.destination)") }
            case .timeToLiveExpired:
                packet.map { ("ipv4.timeToLive", "\($0.timeToLive)") }
            // Routing measures the packet, a cross-connect the frame, whatever is in it.
            case .exceedsMTU where stage == .crossConnect: ("frame.length", "\(frameLength)")
            case .exceedsMTU:
                packet.map { ("ipv4.totalLength", "\($0.totalLength)") }
            case .notConnected, .linkDown, .txQueueFull, .handoffFull, .poolExhausted, .shutdown:
                nil
            case .notSent: ("frame.length", "\(frameLength)")
            }
        guard let found else { return nil }
        (name, value) = found
    }

    /// A source that no packet of another host can have.
    private static func source(
        _ address: IPv4Address, _ configuration: Configuration
    ) -> String {
        for port in configuration.ports {
            for own in port.addresses {
                if own.address == address { return "\(address), port \(port.name)'s own address" }
                if own.prefixLength <= 30, own.network.lastAddress == address {
                    return "\(address), the broadcast address of \(own.network) on \(port.name)"
                }
            }
        }
        return "\(address)" + linkLocal(address)
    }

    private static func linkLocal(_ address: IPv4Address) -> String {
        address.isLinkLocal ? ", link-local (RFC 3927)" : ""
    }

    private static func length(_ frameLength: Int) -> (String, String) {
        let needed =
            frameLength < EthernetHeader.byteCount
            ? "an Ethernet header takes \(EthernetHeader.byteCount)"
            : "with an IPv4 header at least "
                + "\(EthernetHeader.byteCount + IPv4Header.minimumByteCount)"
        return ("frame.length", "\(frameLength), \(needed)")
    }

    private static func headerLength(_ packet: IPv4Header, _ frameLength: Int) -> (String, String) {
        let limit =
            packet.headerLength < IPv4Header.minimumByteCount
            ? "at least \(IPv4Header.minimumByteCount)"
            : "\(frameLength - EthernetHeader.byteCount) in the frame"
        return ("ipv4.headerLength", "\(packet.headerLength), \(limit)")
    }

    private static func totalLength(_ packet: IPv4Header, _ frameLength: Int) -> (String, String) {
        let limit =
            packet.totalLength < packet.headerLength
            ? "the header alone has \(packet.headerLength)"
            : "\(frameLength - EthernetHeader.byteCount) in the frame"
        return ("ipv4.totalLength", "\(packet.totalLength), \(limit)")
    }

    /// What the checksum field should hold: the sum over the header with zero in its place.
    private static func checksum(_ packet: IPv4Header) -> UInt16 {
        var sum = InternetChecksum()
        sum.add(packet.bytes.prefix(10))
        sum.add(packet.bytes.prefix(packet.headerLength).dropFirst(12))
        return sum.value
    }

    private static func hexadecimal(_ word: UInt16) -> String {
        FieldValue.hexadecimal(UInt64(word), bits: 16)
    }
}
