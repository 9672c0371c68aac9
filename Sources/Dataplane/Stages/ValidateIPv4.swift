// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Checks the IPv4 header as a router must (RFC 1812, 5.2.2 and 5.3.7; RFC 3927, 7): version, lengths,
/// checksum, addresses that cannot be routed, and options (RFC 7126).
enum ValidateIPv4 {
    @inline(never)
    static func process<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        // Admit has looked at nearly all while it had them at hand.
        if !worker.unproven.isEmpty { validateOthers(&worker, &observer) }
    }

    @inline(never)
    private static func validateOthers<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        let own = worker.snapshot.pointee.ownAddresses
        let looksAtOptions = worker.snapshot.pointee.looksAtOptions
        var others = worker.unproven
        var gone = BurstPositions()
        var made = BurstPositions()
        while let position = others.popFirst(), position < worker.burst.count {
            let destination = worker.metadata.destinations + position
            let start = worker.headerLength(at: position)
            let mbuf = worker.burst[position]
            let reason = defect(mbuf, start, destination, own[worker.vrf(at: position)])
            var (objection, pointer): (DropReason?, UInt8) =
                reason.map { ($0, 0) } ?? optionDefect(mbuf, start, looksAtOptions)
            // Whose source is not believed is told nothing.
            if objection == .badOptions, !SourceCheck.believes(mbuf, from: start, worker) {
                objection = .sourceCheckFailed
            }
            guard let objection else {
                let end = start &+ MutableIPv4Header(validated: mbuf.data + start).totalLength
                if end != mbuf.frameLength { worker.isExact = false }
                continue
            }
            let isMade = worker.refuse(
                at: position, by: .validateIPv4, because: objection, pointer: pointer, &observer)
            if isMade { made.insert(position) } else { gone.insert(position) }
        }
        worker.takeOut(gone, made: made)
    }

    /// What is wrong with the options of a packet that passes all other tests, and with which byte of its header.
    /// - Parameter looks: whether wrong options are looked for, and not only those that name a way.
    private static func optionDefect(
        _ mbuf: MbufReference, _ start: Int, _ looks: Bool
    ) -> (DropReason?, pointer: UInt8) {
        let frame = FrameBytes(mbuf.data, count: mbuf.dataLength)
        guard let header = IPv4Header(frame.dropFirst(start)),
            header.headerLength > IPv4Header.minimumByteCount
        else { return (nil, 0) }
        if looks, let pointer = header.optionFault { return (.badOptions, pointer) }
        return (header.hasSourceRoute ? .sourceRoute : nil, 0)
    }

    /// All tests, one after the other; nil for a packet that passes them, whose destination it notes.
    private static func defect(
        _ mbuf: MbufReference, _ start: Int, _ destination: UnsafeMutablePointer<UInt32>,
        _ own: AddressTable.OfVRF
    ) -> DropReason? {
        let frame = FrameBytes(mbuf.data, count: mbuf.dataLength)
        guard let header = IPv4Header(frame.dropFirst(start)) else {
            return .truncatedFrame
        }
        guard header.version == 4 else { return .badVersion }
        let headerLength = header.headerLength
        guard headerLength >= IPv4Header.minimumByteCount, headerLength <= header.bytes.count else {
            return .badHeaderLength
        }
        // The frame's length and not the first segment's: a packet may lie in several.
        let packetLength = mbuf.frameLength &- start
        guard header.totalLength >= headerLength, header.totalLength <= packetLength else {
            return .badTotalLength
        }
        guard header.isChecksumValid else { return .badChecksum }
        let isLocal = own.holds(host: header.destination)
        guard isSource(header.source, own, toUs: isLocal) else { return .martianSource }
        guard isLocal || header.destination.isRoutable else {
            return header.destination.isMulticast ? .multicast : .martianDestination
        }
        destination.pointee = header.destination.rawValue
        let ethernet = EthernetHeader(frame)
        return ethernet?.destination.isGroup == true ? .linkLayerBroadcast : nil
    }

    /// Link-local packets stay on their link, and may be for us there (RFC 3927, 2.6.2 and 7).
    private static func isSource(
        _ address: IPv4Address, _ own: AddressTable.OfVRF, toUs isLocal: Bool
    ) -> Bool {
        (address.isRoutable || (address.isLinkLocal && isLocal)) && !own.holds(address)
    }
}
