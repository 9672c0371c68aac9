// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

/// Reads every view of every header over the same bytes, whatever they are, and tells of each promise
/// that is broken. For tests and for the fuzzer.
public struct HeaderReader {
    /// The sum of all that was read, so that the optimiser cannot leave a load out.
    private var total: UInt64 = 0
    /// How many options were walked: a bound against walks that do not end.
    public private(set) var steps = 0
    private let broken: (String) -> Void

    /// - Parameter broken: called with the promise that did not hold.
    public init(broken: @escaping (String) -> Void) { self.broken = broken }

    private func expect(_ holds: Bool, _ promise: String) {
        if !holds { broken(promise) }
    }

    private mutating func take(_ values: any FixedWidthInteger...) {
        for value in values { total &+= UInt64(truncatingIfNeeded: value) }
    }

    private mutating func take(_ addresses: IPv6Address...) {
        for address in addresses { take(address.high, address.low) }
    }

    private mutating func take(_ flags: Bool...) {
        for flag in flags { take(flag ? 1 : 0) }
    }

    private mutating func take(_ bytes: FrameBytes, within outer: FrameBytes) {
        let start = bytes.base - outer.base
        expect(start >= 0 && start + bytes.count <= outer.count, "a part lies inside its whole")
        take(InternetChecksum.of(bytes))
    }

    private mutating func take(
        _ options: HeaderOptions, within outer: FrameBytes
    ) {
        for option in options {
            steps += 1
            take(option.kind, option.offset)
            take(option.data, within: outer)
        }
    }

    public mutating func readAll(_ bytes: FrameBytes) {
        readLinkLayer(bytes)
        readIP(bytes)
        readTransport(bytes)
    }

    private mutating func readLinkLayer(_ bytes: FrameBytes) {
        if let header = EthernetHeader(bytes) {
            take(header.destination.rawValue, header.source.rawValue, header.etherType.rawValue)
            take(header.payload, within: bytes)
            let stack = VLANStack(header)
            expect(stack.payloadOffset <= bytes.count, "the VLAN tags end inside the frame")
            for index in -1...5 { take(stack.tag(at: index)?.controlInformation ?? 0) }
            take(stack.identifiers)
        }
        if let tag = VLANTag(bytes) { take(tag.identifier, tag.priority) }
        if let header = ARPHeader(bytes) {
            take(header.hardwareType, header.protocolType.rawValue, header.operation.rawValue)
            take(header.hardwareAddressLength, header.protocolAddressLength)
            take(header.senderHardwareAddress.rawValue, header.senderAddress.rawValue)
            take(header.targetHardwareAddress.rawValue, header.targetAddress.rawValue)
            take(header.isEthernetIPv4)
        }
    }

    private mutating func readIP(_ bytes: FrameBytes) {
        if let header = IPv4Header(bytes) {
            take(header.version, header.headerLength, header.typeOfService, header.totalLength)
            take(header.differentiatedServices, header.congestionNotification)
            take(header.identification, header.fragmentOffset, header.fragmentPosition.rawValue)
            take(header.timeToLive, header.protocol.rawValue, header.checksum)
            take(header.source.rawValue, header.destination.rawValue)
            take(header.dontFragment, header.moreFragments, header.isChecksumValid)
            take(header.payload, within: bytes)
            take(header.options, within: bytes)
            if header.defect == nil {
                expect(
                    header.totalLength <= bytes.count, "a sound IPv4 packet ends inside the frame")
                expect(
                    (20...header.totalLength).contains(header.headerLength),
                    "a sound IPv4 header ends inside its packet")
            }
        }
        if let header = IPv6Header(bytes) {
            take(header.version, header.trafficClass, header.flowLabel, header.payloadLength)
            take(header.nextHeader.rawValue, header.hopLimit, header.defect?.rawValue ?? 9)
            take(header.source, header.destination)
            take(header.payload, within: bytes)
            let extensions = header.extensionHeaders
            expect(
                (40...bytes.count).contains(extensions.offset),
                "the IPv6 extension headers end inside the packet")
            expect(
                extensions.count <= IPv6ExtensionHeaders.maximumCount,
                "the walk over IPv6 extension headers is bounded")
            expect(
                extensions.fragmentHeaderOffset < extensions.offset,
                "the fragment header is one of the extension headers")
        }
    }

    private mutating func readTransport(_ bytes: FrameBytes) {
        let ipv4 = IPv4Address(rawValue: 1)
        let ipv6 = IPv6Address(high: 2, low: 3)
        if let header = ICMPHeader(bytes) {
            take(header.type.rawValue, header.code, header.checksum, header.identifier)
            take(header.sequenceNumber, header.nextHopMTU, header.pointer)
            take(header.gateway.rawValue)
            take(header.isChecksumValid)
            take(header.payload, within: bytes)
        }
        if let header = ICMPv6Header(bytes) {
            take(header.type.rawValue, header.code, header.checksum, header.identifier)
            take(header.sequenceNumber, header.mtu, header.pointer)
            take(header.targetAddress ?? ipv6)
            take(header.isChecksumValid(from: ipv6, to: ipv6))
            take(header.payload, within: bytes)
        }
        if let header = UDPHeader(bytes) {
            take(header.sourcePort, header.destinationPort, header.length, header.checksum)
            take(header.isChecksumValid(from: ipv4, to: ipv4))
            take(header.isChecksumValid(from: ipv6, to: ipv6))
            take(header.payload, within: bytes)
        }
        if let header = TCPHeader(bytes) {
            take(header.sourcePort, header.destinationPort, header.sequenceNumber)
            take(header.acknowledgementNumber, header.headerLength, header.flags.rawValue)
            take(header.window, header.checksum, header.urgentPointer)
            take(header.isChecksumValid(from: ipv4, to: ipv4))
            take(header.isChecksumValid(from: ipv6, to: ipv6))
            take(header.payload, within: bytes)
            take(header.options, within: bytes)
        }
    }

    /// Makes every change that the mutable views offer.
    public mutating func changeAll(_ bytes: MutableFrameBytes) {
        if let header = MutableIPv4Header(bytes) {
            header.decrementTimeToLive()
            header.typeOfService = header.typeOfService &+ 1
            (header.source, header.destination) = (header.destination, header.source)
            header.writeChecksum()
        }
        if let header = MutableIPv6Header(bytes) {
            header.decrementHopLimit()
            (header.source, header.destination) = (header.destination, header.source)
        }
        if let header = MutableARPHeader(bytes) {
            header.write(
                .reply, senderHardwareAddress: .broadcast, senderAddress: IPv4Address(rawValue: 0),
                targetHardwareAddress: .broadcast, targetAddress: IPv4Address(rawValue: 0))
        }
        if let header = MutableEthernetHeader(bytes) {
            (header.source, header.destination) = (header.destination, header.source)
            header.etherType = .ipv4
        }
    }
}
