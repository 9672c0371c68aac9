// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

extension PacketText {
    /// The frame.
    /// - Parameter port: the MAC that it is for, unless the text names one.
    func bytes(for port: MACAddress) -> [UInt8] {
        var destination = destinationMAC ?? port
        if case .arp = network, destinationMAC == nil { destination = .broadcast }
        var frame = destination.bytes + (sourceMAC ?? Self.defaultSource).bytes
        for tag in tags { frame += big(tag.type.rawValue) + big(tag.controlInformation) }
        frame += big(etherType.rawValue)
        let packet = packet()
        frame += packet
        // Up to the wanted length: the packet's own fields say it already.
        if let length, length > packet.count {
            frame += [UInt8](repeating: 0, count: length - packet.count)
        }
        return frame
    }

    /// The frame.
    /// - Parameter address: the MAC that it is for, unless the text names one; a text that is no MAC
    ///   counts as 00:00:00:00:00:00.
    public func bytes(forPort address: String) -> [UInt8] {
        bytes(for: MACAddress(address) ?? MACAddress(rawValue: 0))
    }

    private var etherType: EtherType {
        switch network {
        case .ipv4: .ipv4
        case .ipv6: .ipv6
        case .arp: .arp
        }
    }

    /// The packet without what `length` adds.
    func packet() -> [UInt8] {
        switch network {
        case .ipv4(let source, let destination): ipv4(source, destination)
        case .ipv6(let source, let destination): ipv6(source, destination)
        case .arp(let sender, let target):
            // RFC 826: Ethernet, IPv4, request.
            [0, 1, 8, 0, 6, 4, 0, 1] + (sourceMAC ?? Self.defaultSource).bytes
                + big(sender.rawValue)
                + [0, 0, 0, 0, 0, 0] + big(target.rawValue)
        }
    }

    private func ipv4(_ source: IPv4Address, _ destination: IPv4Address) -> [UInt8] {
        let addresses = big(source.rawValue) + big(destination.rawValue)
        let body = self.body(addresses: addresses, fillTo: length.map { $0 - 20 })
        let total = max(20 + body.count, length ?? 0)
        let fragment =
            (dontFragment ? 0x4000 : 0) | (moreFragments ? 0x2000 : 0)
            | UInt16(fragmentOffset / 8)
        var header: [UInt8] = [0x45, typeOfService]
        header += big(UInt16(truncatingIfNeeded: total)) + big(identification) + big(fragment)
        header += [timeToLive, protocolNumber, 0, 0] + addresses
        let checksum = headerChecksum ?? sum(header)
        header.replaceSubrange(10..<12, with: big(checksum))
        return header + body
    }

    private func ipv6(_ source: IPv6Address, _ destination: IPv6Address) -> [UInt8] {
        let addresses = [source.high, source.low, destination.high, destination.low].flatMap {
            big($0)
        }
        let body = self.body(addresses: addresses, fillTo: length.map { $0 - 40 })
        let count = max(body.count, (length ?? 0) - 40)
        var header = big(0x6000_0000 | UInt32(typeOfService) << 20)
        header += big(UInt16(truncatingIfNeeded: count)) + [protocolNumber, timeToLive]
        return header + addresses + body
    }

    private var protocolNumber: UInt8 {
        switch transport {
        case .udp: IPProtocol.udp.rawValue
        case .tcp: IPProtocol.tcp.rawValue
        case .icmp:
            if case .ipv6 = network {
                IPProtocol.icmpv6.rawValue
            } else {
                IPProtocol.icmp.rawValue
            }
        case .other(let number): number
        // 59 says that nothing follows (RFC 8200, 4.7); IPv4 has 253 for experiments (RFC 3692).
        case nil:
            if case .ipv6 = network { IPProtocol.noNextHeader.rawValue } else { 253 }
        }
    }

    /// The upper layer's header and payload, with its checksum.
    /// - Parameter fillTo: bytes that it has once zeros have filled it up to the packet's length.
    private func body(addresses: [UInt8], fillTo count: Int?) -> [UInt8] {
        var body: [UInt8]
        var checksumAt: Int?
        switch transport {
        case .udp(let source, let destination):
            let length = max(8 + payload.count, count ?? 0)
            body = big(source) + big(destination) + big(UInt16(truncatingIfNeeded: length))
            body += [0, 0]
            checksumAt = 6
        case .tcp(let source, let destination):
            body = big(source) + big(destination) + [0, 0, 0, 0, 0, 0, 0, 0, 0x50, tcpFlags]
            body += [0x20, 0, 0, 0, 0, 0]
            checksumAt = 16
        case .icmp(let type, let code):
            body = [type, code, 0, 0, 0, 0, 0, 0]
            checksumAt = 2
        case .other, nil: body = []
        }
        body += payload
        guard let checksumAt else { return body }
        // Zeros behind the end change the length in the pseudo-header alone.
        let length = max(body.count, count ?? 0)
        var covered = body
        var isIPv6 = false
        if case .ipv6 = network { isIPv6 = true }
        let hasPseudoHeader =
            if case .icmp = transport { isIPv6 } else { true }
        if hasPseudoHeader {
            covered = addresses + big(UInt32(length)) + [0, 0, 0, protocolNumber] + body
        }
        var checksum = sum(covered)
        if case .udp = transport, checksum == 0 { checksum = 0xffff }
        body.replaceSubrange(checksumAt..<checksumAt + 2, with: big(checksum))
        return body
    }

    private func sum(_ bytes: [UInt8]) -> UInt16 {
        bytes.withUnsafeBytes { InternetChecksum.of(FrameBytes($0)) }
    }
}

/// The number's bytes, most significant first.
private func big(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
}
