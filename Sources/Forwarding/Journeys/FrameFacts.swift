// SPDX-License-Identifier: Apache-2.0

package import PacketHeaders

/// The header fields of a frame that journeys tell of, read once from its bytes.
package struct FrameFacts {
    let length: Int
    /// Nil where the frame ends inside the Ethernet header.
    let ethernet: Ethernet?
    /// Nil unless the EtherType is IPv4 and the fixed part of the header is there.
    package let ipv4: IPv4?

    struct Ethernet {
        let destination: MACAddress
        let source: MACAddress
        let etherType: EtherType
    }

    package struct IPv4 {
        let version: UInt8
        let headerLength: Int
        let typeOfService: UInt8
        let totalLength: Int
        let identification: UInt16
        let timeToLive: UInt8
        let ipProtocol: IPProtocol
        let checksum: UInt16
        let source: IPv4Address
        package let destination: IPv4Address
        /// Source and destination port of a whole TCP, UDP or SCTP datagram.
        let ports: (source: UInt16, destination: UInt16)?
    }

    /// - Parameters:
    ///   - bytes: the beginning of the frame, or all of it.
    ///   - length: of the whole frame.
    package init(_ bytes: [UInt8], length: Int) {
        self.length = length
        (ethernet, ipv4) = bytes.withUnsafeBytes { buffer in
            let frame = FrameBytes(buffer)
            guard let header = EthernetHeader(frame) else { return (nil, nil) }
            let ethernet = Ethernet(
                destination: header.destination, source: header.source,
                etherType: header.etherType)
            guard header.etherType == .ipv4 else { return (ethernet, nil) }
            return (ethernet, IPv4Header(header.payload).map(IPv4.init))
        }
    }

    /// The frame in one line, as `--packet` writes it.
    var summary: String {
        guard let ethernet else { return "\(length) bytes, no whole Ethernet header" }
        guard let ipv4 else {
            return "\(Self.name(ethernet.etherType)) \(ethernet.source) > "
                + "\(ethernet.destination), \(length) bytes"
        }
        var text = "ipv4 \(ipv4.source) > \(ipv4.destination) \(Self.name(ipv4.ipProtocol))"
        if let ports = ipv4.ports { text += " \(ports.source) > \(ports.destination)" }
        return text + " ttl \(ipv4.timeToLive), \(length) bytes"
    }

    package static func name(_ type: EtherType) -> String {
        switch type {
        case .arp: "arp"
        case .ipv4: "ipv4"
        case .ipv6: "ipv6"
        case .vlan: "vlan"
        case .serviceVLAN: "service vlan"
        default: "EtherType \(type)"
        }
    }

    package static func name(_ ipProtocol: IPProtocol) -> String {
        switch ipProtocol {
        case .icmp: "icmp"
        case .tcp: "tcp"
        case .udp: "udp"
        case .sctp: "sctp"
        default: "protocol \(ipProtocol)"
        }
    }
}

extension FrameFacts.IPv4 {
    init(_ header: IPv4Header) {
        version = header.version
        headerLength = header.headerLength
        typeOfService = header.typeOfService
        totalLength = header.totalLength
        identification = header.identification
        timeToLive = header.timeToLive
        ipProtocol = header.protocol
        checksum = header.checksum
        source = header.source
        destination = header.destination
        var found: (source: UInt16, destination: UInt16)?
        if header.protocol.hasPorts, header.fragmentPosition == .whole,
            let word = header.payload.uint32(at: 0)
        {
            found = (UInt16(word >> 16), UInt16(word & 0xffff))
        }
        ports = found
    }
}

extension FixedWidthInteger where Self: UnsignedInteger {
    /// Hexadecimal with all its digits, as in `0x0800`.
    var hexadecimal: String {
        let digits = String(self, radix: 16)
        return "0x" + String(repeating: "0", count: Self.bitWidth / 4 - digits.count) + digits
    }
}
