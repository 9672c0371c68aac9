// SPDX-License-Identifier: Apache-2.0

import PacketFields
import PacketHeaders

/// Judges the checksums of frames: IPv4 header, UDP, TCP, ICMP and ICMPv6. Home address options of
/// Mobile IPv6 (RFC 6275) are not known.
enum ChecksumCheck {
    /// The checksums that are wrong; what is expected is what the bytes of the frame add up to. A
    /// fragment's upper layer is not judged, since its checksum covers the whole datagram.
    static func wrong(in frame: FrameFields, _ rules: ComparisonRules) -> [FieldDifference] {
        frame.fields.compactMap { field in
            guard field.name.isChecksum, !rules.ignored.contains(field.name),
                let isRight = Packet.with(frame.bytes, { $0?.isRight(field.name) }) ?? nil,
                !isRight
            else { return nil }
            // A checksum is computed with itself as zero.
            var zeroed = frame.bytes
            for index in field.byteRange { zeroed[index] = 0 }
            let right = Packet.with(zeroed) { $0?.sum(field.name) } ?? nil
            return FieldDifference(
                name: field.name.rawValue,
                expected: right.map { FieldValue.hexadecimal(UInt64($0), bits: 16) }
                    ?? "a right one",
                got: frame.text(of: field))
        }
    }

    /// An IP packet and its upper layer.
    private struct Packet {
        enum Header {
            case ipv4(IPv4Header)
            /// With the destination that checksums are computed over.
            case ipv6(IPv6Header, to: IPv6Address)
        }

        let header: Header
        /// From the upper layer's header to the end of the packet.
        let upper: FrameBytes
        let isFragment: Bool

        /// `nil` for a frame without an IP packet.
        static func with<Result>(_ bytes: [UInt8], _ body: (Packet?) -> Result) -> Result {
            bytes.withUnsafeBytes { body(Packet(FrameBytes($0))) }
        }

        private init?(_ frame: FrameBytes) {
            let summary = FrameSummary(frame)
            let packet = frame.dropFirst(summary.vlans.payloadOffset)
            isFragment = summary.fragmentPosition.isFragment
            switch summary.flow.kind {
            case .ipv4:
                guard let ipv4 = IPv4Header(packet) else { return nil }
                header = .ipv4(ipv4)
                upper = ipv4.payload
            case .ipv6:
                guard let ipv6 = IPv6Header(packet), let last = ipv6.finalDestination else {
                    return nil
                }
                header = .ipv6(ipv6, to: last)
                upper = ipv6.payload.dropFirst(
                    ipv6.extensionHeaders.offset - IPv6Header.byteCount)
            case .ethernet: return nil
            }
        }

        /// `nil` when it cannot be judged.
        func isRight(_ name: FieldName) -> Bool? {
            if case .ipv4(let ipv4) = header, name == .ipv4HeaderChecksum {
                return ipv4.isChecksumValid
            }
            guard !isFragment else { return nil }
            switch (name, header) {
            case (.udpChecksum, .ipv4(let ip)):
                return UDPHeader(upper)?.isChecksumValid(from: ip.source, to: ip.destination)
            case (.udpChecksum, .ipv6(let ip, let last)):
                return UDPHeader(upper)?.isChecksumValid(from: ip.source, to: last)
            case (.tcpChecksum, .ipv4(let ip)):
                return TCPHeader(upper)?.isChecksumValid(from: ip.source, to: ip.destination)
            case (.tcpChecksum, .ipv6(let ip, let last)):
                return TCPHeader(upper)?.isChecksumValid(from: ip.source, to: last)
            case (.icmpChecksum, _):
                return ICMPHeader(upper)?.isChecksumValid
            case (.icmpv6Checksum, .ipv6(let ip, let last)):
                return ICMPv6Header(upper)?.isChecksumValid(from: ip.source, to: last)
            default: return nil
            }
        }

        /// What belongs into the field, which is zero in these bytes. `nil` when lengths in the
        /// packet say that there is no such sum.
        func sum(_ name: FieldName) -> UInt16? {
            switch name {
            case .ipv4HeaderChecksum:
                guard case .ipv4(let ip) = header, ip.headerLength >= IPv4Header.minimumByteCount,
                    ip.headerLength <= ip.bytes.count
                else { return nil }
                return InternetChecksum.of(ip.bytes.prefix(ip.headerLength))
            case .udpChecksum:
                guard let udp = UDPHeader(upper),
                    (UDPHeader.byteCount...upper.count).contains(udp.length)
                else { return nil }
                var sum = pseudoHeader(.udp, udp.length)
                sum.add(upper.prefix(udp.length))
                return sum.valueForUDP
            case .icmpChecksum: return InternetChecksum.of(upper)
            case .tcpChecksum, .icmpv6Checksum:
                var sum = pseudoHeader(name == .tcpChecksum ? .tcp : .icmpv6, upper.count)
                sum.add(upper)
                return sum.value
            default: return nil
            }
        }

        private func pseudoHeader(_ number: IPProtocol, _ length: Int) -> InternetChecksum {
            switch header {
            case .ipv4(let ip):
                InternetChecksum(
                    pseudoHeaderFrom: ip.source, to: ip.destination, protocol: number,
                    length: length)
            case .ipv6(let ip, let last):
                InternetChecksum(
                    pseudoHeaderFrom: ip.source, to: last, protocol: number,
                    length: length)
            }
        }
    }
}
