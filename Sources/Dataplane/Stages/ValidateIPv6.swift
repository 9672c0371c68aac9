// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Keeps packets whose IPv6 header is right and whose addresses may be routed, or are for us (RFC 8200, 3; RFC 4291, 2.5).
/// What is for our link or for groups that we listen to goes on like what is for our own addresses: the table has an entry
/// for all of it.
enum ValidateIPv6 {
    @inline(never)
    static func process<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        let others = validatePlain(&worker)
        if !others.isEmpty { validateOthers(&worker, others, &observer) }
    }

    /// Nearly every packet. Calls nothing, so that all registers are the loop's.
    /// - Returns: the positions of the others.
    @inline(__always)
    private static func validatePlain(_ worker: inout WorkerState) -> BurstPositions {
        let ordinary = worker.snapshot.pointee.ownAddresses.ordinaryIPv6
        let destinations = worker.metadata.ipv6Destinations
        let headerLengths = worker.metadata.headerLengths
        let isTagged = worker.isTagged
        var others = worker.unproven
        var padding: UInt = 0
        for index in 0..<worker.burst.count {
            let mbuf = worker.burst[index]
            let start = isTagged ? Int(headerLengths[index]) : EthernetHeader.byteCount
            guard mbuf.dataLength >= start &+ IPv6Header.byteCount,
                let plain = IPv6Header.plain(
                    mbuf.data + start, packetLength: mbuf.frameLength &- start, ordinary)
            else {
                others.insert(index)
                continue
            }
            destinations[index] = plain.destination
            padding |= plain.padding
        }
        worker.isExact = padding == 0
        return others
    }

    @inline(never)
    private static func validateOthers<Observer: StageObserver>(
        _ worker: inout WorkerState, _ positions: BurstPositions, _ observer: inout Observer
    ) {
        var others = positions
        var gone = BurstPositions()
        var made = BurstPositions()
        while let position = others.popFirst() {
            let mbuf = worker.burst[position]
            let start = worker.headerLength(at: position)
            let own = worker.snapshot.pointee.ownAddresses[worker.vrf(at: position)]
            guard let objection = defect(mbuf, start, own, worker) else {
                let header = MutableIPv6Header(validated: mbuf.data + start)
                worker.metadata.ipv6Destinations[position] = header.destination
                if start &+ header.totalLength != mbuf.frameLength { worker.isExact = false }
                continue
            }
            let isMade = worker.refuse(
                at: position, by: .validateIPv6, because: objection, &observer)
            if isMade { made.insert(position) } else { gone.insert(position) }
        }
        worker.takeOut(gone, made: made)
    }

    /// All tests, one after the other; nil for a packet that passes them.
    private static func defect(
        _ mbuf: MbufReference, _ start: Int, _ own: AddressTable.OfVRF,
        _ worker: borrowing WorkerState
    ) -> DropReason? {
        // And what kind of message a packet of ICMPv6 has.
        mbuf.gather(start + IPv6Header.byteCount + 1)
        let frame = FrameBytes(mbuf.data, count: mbuf.dataLength)
        guard let header = IPv6Header(frame.dropFirst(start)) else { return .truncatedFrame }
        guard header.version == 6 else { return .badVersion }
        // A length of 0 would be that of a jumbogram (RFC 2675), which no link here has room for.
        guard header.payloadLength <= mbuf.frameLength - start - IPv6Header.byteCount,
            header.payloadLength > 0 || header.nextHeader != .hopByHop
        else { return .badPayloadLength }
        guard let interface = worker.interfaceIn(of: mbuf) else { return .unknownVLAN }
        let isForUs = isLocal(header.destination, interface, own, worker)
        if !isForUs, header.destination.isMulticast, header.source.isUnspecified {
            return .multicast
        }
        if let reason = objection(to: header, isForUs: isForUs, own) { return reason }
        if !isForUs {
            if header.destination.isMulticast { return .multicast }
            guard header.destination.isRoutable else { return .martianDestination }
            // It would be somebody else's behind another link (RFC 4291, 2.5.6; RFC 4443, 3.1).
            if header.source.isLinkLocal { return .beyondScope }
        }
        let isForMany = EthernetHeader(frame)?.destination.isGroup == true
        return isForMany && !header.destination.isMulticast ? .linkLayerBroadcast : nil
    }

    private static func objection(
        to header: IPv6Header, isForUs: Bool, _ own: AddressTable.OfVRF
    ) -> DropReason? {
        let source = header.source
        // Whoever has no address yet speaks to its link alone (RFC 4291, 2.5.2).
        if source.isUnspecified { return isForUs ? nil : .martianSource }
        guard source.isUnicast else { return .martianSource }
        guard own.holds(source) else { return nil }
        // Who has an address of ours says so with it (RFC 4862, 5.4.4).
        let type = header.bytes.uint8(at: IPv6Header.byteCount) ?? 0
        let isOfNeighbour =
            header.nextHeader == .icmpv6 && header.hopLimit == 255
            && (ICMPv6Header.MessageType.neighbourSolicitation
                .rawValue...ICMPv6Header.MessageType.neighbourAdvertisement.rawValue).contains(type)
        return isForUs && isOfNeighbour ? nil : .martianSource
    }

    private static func isLocal(
        _ destination: IPv6Address, _ interface: UInt16, _ own: AddressTable.OfVRF,
        _ worker: borrowing WorkerState
    ) -> Bool {
        let local = worker.snapshot.pointee.localInterfaces
        if destination.isMulticast { return local.listens(to: destination, interface) }
        if destination.isLinkLocal { return local.owns(destination, interface) }
        return own.holds(destination)
    }
}
