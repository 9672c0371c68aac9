// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// What becomes of messages of neighbour discovery (RFC 4861): solicitations of our own addresses are answered in their
/// frames, and what they tell of hosts is reported.
enum NeighbourDiscovery {
    enum Verdict {
        /// The frame is the answer now.
        case answer
        /// The frame ends here: it told of a host.
        case learnt
        case drop(DropReason)
    }

    /// Whether a message is one of these.
    static func has(_ type: ICMPv6Header.MessageType) -> Bool {
        ICMPv6Header.MessageType.routerSolicitation
            .rawValue...ICMPv6Header.MessageType.redirect.rawValue ~= type.rawValue
    }

    /// - Parameters:
    ///   - start: where the packet begins, whose header was validated.
    ///   - layer: where its message begins, all of which is in the first segment.
    ///   - interface: by which it came in: its number.
    static func take(
        _ mbuf: MbufReference, from start: Int, _ layer: LocalIPv6Packet.UpperLayer,
        _ interface: UInt16, _ worker: borrowing WorkerState
    ) -> Verdict {
        let frame = FrameBytes(mbuf.data, count: mbuf.dataLength)
        guard let ethernet = EthernetHeader(frame), let packet = IPv6Header(frame.dropFirst(start)),
            case let bytes = packet.bytes.prefix(IPv6Header.byteCount + packet.payloadLength),
            bytes.count == IPv6Header.byteCount + packet.payloadLength,
            let message = ICMPv6Header(bytes.dropFirst(layer.offset)), !layer.isAtomicFragment,
            message.isChecksumValid(from: packet.source, to: packet.destination)
        else { return .drop(.badNeighbourDiscovery) }
        guard message.type != .routerAdvertisement, message.type != .redirect else {
            return .drop(.routerMessage)
        }
        guard let told = NeighbourDiscoveryMessage(message, of: packet),
            told.mac.map({ !$0.isGroup && $0.rawValue != 0 }) ?? true
        else { return .drop(.badNeighbourDiscovery) }
        let reports = worker.reports
        let local = worker.snapshot.pointee.localInterfaces
        switch told.type {
        case .neighbourAdvertisement:
            return advertised(told, interface, ethernet.source, worker)
        case .routerSolicitation:
            guard local.advertises(interface) else { return .drop(.routerSolicitation) }
            let host = NeighbourKey(interface: interface, address: IPAddress(packet.source))
            if let mac = told.mac, packet.source.isLinkLocal {
                reports?.add(NeighbourReport(.asked, host, mac))
            }
            reports?.add(NeighbourReport(.solicited, host, ethernet.source))
            return .learnt
        default:
            let asker = packet.source
            let isAnycast: Bool
            switch local.ownership(told.target, interface) {
            case .none: return .drop(.ndNotForUs)
            case .tentative:
                guard asker.isUnspecified else { return .drop(.ndNotForUs) }
                return conflict(told.target, interface, ethernet.source, worker)
            case .own: isAnycast = false
            case .anycast: isAnycast = true
            }
            if !asker.isUnspecified {
                guard !local.owns(asker, interface) else {
                    return conflict(asker, interface, ethernet.source, worker)
                }
                guard worker.snapshot.pointee.isNear(IPAddress(asker), interface) else {
                    return .drop(.ndForeignSender)
                }
                if let mac = told.mac {
                    let host = NeighbourKey(interface: interface, address: IPAddress(asker))
                    reports?.add(NeighbourReport(.asked, host, mac))
                }
            }
            let mac = worker.snapshot.pointee.ports[
                Int((worker.inPort ?? mbuf.port) & 31)
            ].address
            let answer = Answer(
                target: told.target, asker: asker, askerMAC: told.mac ?? ethernet.source,
                mac: mac, overrides: !isAnycast)
            let tags = worker.snapshot.pointee.interfaces.entries[Int(interface)].tags
            return answer.replace(mbuf, tags) ? .answer : .drop(.noHeadroom)
        }
    }

    /// A host says what its MAC is. Who is not known, nor asked for, is not believed (RFC 4861, 7.2.5).
    private static func advertised(
        _ told: NeighbourDiscoveryMessage, _ interface: UInt16, _ sender: MACAddress,
        _ worker: borrowing WorkerState
    ) -> Verdict {
        if worker.snapshot.pointee.localInterfaces.ownership(told.target, interface) != .none {
            return conflict(told.target, interface, told.mac ?? sender, worker)
        }
        let host = NeighbourKey(interface: interface, address: IPAddress(told.target))
        guard worker.neighbours.place(of: host) != nil else { return .drop(.ndUnsolicited) }
        let claims = told.overrides && told.mac != nil
        let kind: NeighbourReport.Kind =
            told.isSolicited ? (claims ? .answered : .confirmed) : (claims ? .spoke : .mentioned)
        worker.reports?.add(
            NeighbourReport(kind, host, told.mac ?? MACAddress(rawValue: 0)))
        return .learnt
    }

    /// Another host has an address of ours, or our own word comes back to us.
    private static func conflict(
        _ address: IPv6Address, _ interface: UInt16, _ mac: MACAddress,
        _ worker: borrowing WorkerState
    ) -> Verdict {
        let port = worker.snapshot.pointee.interfaces.entries[Int(interface)].port
        guard !worker.snapshot.pointee.ports[Int(port)].owns(mac) else { return .drop(.ndNotForUs) }
        let host = NeighbourKey(interface: interface, address: IPAddress(address))
        worker.reports?.add(NeighbourReport(.conflict, host, mac))
        return .drop(.addressConflict)
    }

    /// An advertisement of an address of ours (RFC 4861, 7.2.4).
    struct Answer {
        let target: IPv6Address
        /// `::` where it has no address yet: then all are told.
        let asker: IPv6Address
        let askerMAC: MACAddress
        let mac: MACAddress
        let overrides: Bool

        /// Has a frame be the answer, with the tags of the interface.
        /// - Returns: false where the buffer has no room.
        func replace(_ mbuf: MbufReference, _ tags: VLANTags) -> Bool {
            let front = EthernetHeader.byteCount + Int(tags.byteCount)
            let length = front + IPv6Header.byteCount + NeighbourDiscoveryMessage.byteCount
            let growth = length - mbuf.dataLength
            if growth < 0 || mbuf.segmentCount > 1 {
                mbuf.shorten(to: min(length, mbuf.dataLength))
            }
            guard mbuf.makeHeadroom(max(0, growth)) else { return false }
            mbuf.moveStart(by: min(0, -growth))
            tags.write(to: mbuf.data)
            write(to: MutableFrameBytes(mbuf.data, count: mbuf.dataLength), front)
            return true
        }

        private func write(to frame: MutableFrameBytes, _ front: Int) {
            let isForAll = asker.isUnspecified
            let destination = isForAll ? IPv6Address.allNodes : asker
            let header = MutableEthernetHeader(frame)
            header?.destination = isForAll ? destination.groupMAC : askerMAC
            header?.source = mac
            frame.store(EtherType.ipv6.rawValue, at: front - 2)
            let ip = frame.dropFirst(front)
            ip.store(UInt32(0x6000_0000), at: 0)
            ip.store(UInt16(NeighbourDiscoveryMessage.byteCount), at: 4)
            ip.store(UInt16(IPProtocol.icmpv6.rawValue) << 8 | 255, at: 6)
            MutableIPv6Header(ip)?.source = target
            MutableIPv6Header(ip)?.destination = destination
            let flags =
                NeighbourDiscoveryMessage.routerFlag
                | (isForAll ? 0 : NeighbourDiscoveryMessage.solicitedFlag)
                | (overrides ? NeighbourDiscoveryMessage.overrideFlag : 0)
            let message = ip.dropFirst(IPv6Header.byteCount)
            message.store(
                UInt32(ICMPv6Header.MessageType.neighbourAdvertisement.rawValue) << 24, at: 0)
            message.store(UInt32(flags) << 24, at: 4)
            message.store(target.high, at: 8)
            message.store(target.low, at: 16)
            // The target's link-layer address, of one unit of eight bytes.
            message.store(UInt64(0x0201) << 48 | mac.rawValue, at: 24)
            var checksum = InternetChecksum(
                pseudoHeaderFrom: target, to: destination, protocol: .icmpv6,
                length: NeighbourDiscoveryMessage.byteCount)
            checksum.add(message.readOnly)
            message.store(checksum.value, at: 2)
        }
    }
}
