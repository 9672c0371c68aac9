// SPDX-License-Identifier: Apache-2.0

import DPDK
import Glibc
import PacketHeaders

/// Datagrams for our own addresses that come in parts: these wait with the worker that owns the bucket of their addresses, and
/// what is whole is answered like any other. Worker's thread; cold path.
extension WorkerState {
    /// Whether a packet for us is to wait for the other parts of its datagram.
    func isPart(at position: Int) -> Bool {
        guard !isMade, reassembly != nil || explains else { return false }
        let mbuf = burst[position]
        let start = headerLength(at: position)
        if isIPv6 {
            mbuf.gather(start + LocalIPv6Packet.mostBytes)
            return Self.part(in: mbuf, from: start) != nil
        }
        let frame = FrameBytes(mbuf.data, count: mbuf.dataLength)
        return IPv4Header(frame.dropFirst(start))?.isFragment == true
    }

    /// The part of a datagram that a packet is; nil where it can be none.
    private static func part(in mbuf: MbufReference, from start: Int) -> DatagramPart? {
        let frame = FrameBytes(mbuf.data, count: mbuf.dataLength).dropFirst(start)
        guard isIPv6(mbuf, from: start) else {
            return IPv4Header(frame).flatMap { DatagramPart($0, vrf: mbuf.metadata.pointee.vrf) }
        }
        guard let packet = IPv6Header(frame),
            case .fragment(let header, _) = LocalIPv6Packet.end(of: packet)
        else { return nil }
        return DatagramPart(packet, fragmentHeader: header, vrf: mbuf.metadata.pointee.vrf)
    }

    /// Takes frames out of the pipeline: some have ended, others are packets of our own now, for Route, and others parts of
    /// datagrams for us.
    mutating func takeOut<Observer: StageObserver>(
        _ gone: BurstPositions, made: BurstPositions, parts: BurstPositions,
        _ observer: inout Observer
    ) {
        var rest = parts
        while let position = rest.popFirst() {
            let mbuf = burst[position]
            mbuf.port = inPort ?? mbuf.port
            mbuf.metadata.pointee.headerLength = UInt8(headerLength(at: position))
            keepVRF(at: position)
        }
        takeOut(gone, made: made)
        if parts.isEmpty { return }
        let parts = parts.closingUp(without: gone)
            .closingUp(without: made.closingUp(without: gone))
        close(parts)
        burst.move(parts, to: &self.parts)
        burstBytes = burst.byteCount
        keepParts(&observer)
    }

    private mutating func keepParts<Observer: StageObserver>(_ observer: inout Observer) {
        var front = BurstPositions()
        front.insert(0)
        while !parts.isEmpty {
            parts.move(front, to: &one)
            keepPart(&observer)
        }
    }

    /// Keeps the frame in `one`.
    private mutating func keepPart<Observer: StageObserver>(_ observer: inout Observer) {
        let mbuf = one[0]
        guard let reassembly else {
            // What is explained waits for nothing.
            observer.left(mbuf, by: .consumed(by: .route))
            tallies.add(Tallies.Slot.consumed, 1)
            return one.removeAll()
        }
        let start = Int(mbuf.metadata.pointee.headerLength)
        let bucket = FlowBucket.of(mbuf.data, length: mbuf.dataLength)
        guard let part = Self.part(in: mbuf, from: start) else {
            return Self.drop(&one, tallies, by: .route, because: .badFragment, &observer)
        }
        if let (verdict, datagram) = reassembly.pointee.objection(to: part, in: bucket) {
            let spoils = verdict == .spoils
            Self.drop(
                &one, tallies, by: .route, because: spoils ? .fragmentOverlap : .badFragment,
                &observer)
            if spoils { giveUp(datagram, because: .fragmentOverlap, &observer) }
            return
        }
        while let oldest = reassembly.pointee.displaced(
            by: part, buffers: mbuf.segmentCount, in: bucket)
        {
            giveUp(oldest, because: .reassemblyLimit, &observer)
        }
        let time = clock.time(of: mbuf)
        let (verdict, datagram) = reassembly.pointee.add(part, lastOf: &one, in: bucket)
        switch verdict {
        case .isRefused, .isBad, .spoils:
            return Self.drop(&one, tallies, by: .route, because: .reassemblyLimit, &observer)
        case .waits(let isFirst):
            tallies.add(Tallies.Slot.parked, 1)
            guard isFirst else { return }
            let seconds =
                part.key.source.isIPv4 ? Reassembly.seconds : Reassembly.secondsOfIPv6
            arm(datagram, at: time &+ seconds &* clock.ticksPerSecond)
        case .isMixed:
            tallies.add(Tallies.Slot.parked, 1)
            giveUp(datagram, because: .badFragment, &observer)
        case .isWhole:
            tallies.add(Tallies.Slot.parked, 1)
            disarm(datagram)
            join(datagram, at: time, place: Int(truncatingIfNeeded: mbuf.replaySequence), &observer)
        }
    }

    /// Drops what is there of a datagram.
    private mutating func giveUp<Observer: StageObserver>(
        _ datagram: Int, because reason: DropReason, _ observer: inout Observer
    ) {
        guard let reassembly else { return }
        disarm(datagram)
        _ = reassembly.pointee.take(datagram, into: &displaced)
        tallies.add(Tallies.Slot.parked, -displaced.count)
        Self.drop(&displaced, tallies, by: .route, because: reason, &observer)
    }

    /// Has a datagram be one packet, which goes on once the burst has left.
    /// - Parameter place: of the part with which it is whole, in a replay.
    private mutating func join<Observer: StageObserver>(
        _ datagram: Int, at time: UInt64, place: Int, _ observer: inout Observer
    ) {
        guard let reassembly else { return }
        let isMarked = reassembly.pointee.isMarked(datagram)
        _ = reassembly.pointee.take(datagram, into: &displaced)
        tallies.add(Tallies.Slot.parked, -displaced.count)
        let head = displaced[0]
        let start = Int(head.metadata.pointee.headerLength)
        let isIPv6 = Self.isIPv6(head, from: start)
        var end =
            isIPv6
            ? cutIPv6(head, from: start, keepsHeader: true)
            : cut(head, from: start, keepsHeader: true)
        for index in 1..<displaced.count {
            let part = displaced[index]
            observer.left(part, by: .consumed(by: .route))
            let start = Int(part.metadata.pointee.headerLength)
            end +=
                isIPv6
                ? cutIPv6(part, from: start, keepsHeader: false)
                : cut(part, from: start, keepsHeader: false)
        }
        tallies.add(Tallies.Slot.consumed, displaced.count - 1)
        displaced.joinAll()
        // What fits the MTU fits a buffer, and leaves in one: not each card takes as many as there are parts.
        head.gather(start + end)
        let header = MutableFrameBytes(head.data, count: head.dataLength).dropFirst(start)
        if isIPv6 {
            header.store(UInt16(truncatingIfNeeded: end - IPv6Header.byteCount), at: 4)
            if isMarked { header.store((header.readOnly.uint8(at: 1) ?? 0) | 0x30, at: 1) }
        } else {
            if isMarked { header.store((header.readOnly.uint8(at: 1) ?? 0) | 3, at: 1) }
            header.store(UInt16(truncatingIfNeeded: end), at: 2)
            header.store(UInt16(0), at: 6)
            MutableIPv4Header(header)?.writeChecksum()
        }
        if clock.isVirtual { head.metadata.pointee.time = max(head.metadata.pointee.time, time) }
        head.metadata.pointee.bucket = UInt32(datagram / Reassembly.mostDatagrams)
        observer.resumed(head, at: place)
        if isIPv6 {
            wholesOfIPv6.append(contentsOf: &displaced)
        } else {
            wholes.append(contentsOf: &displaced)
        }
        hasMade = true
    }

    /// The same of IPv6: the fragment header goes, too.
    private func cutIPv6(_ mbuf: MbufReference, from start: Int, keepsHeader: Bool) -> Int {
        let frame = FrameBytes(mbuf.data, count: mbuf.dataLength)
        guard let packet = IPv6Header(frame.dropFirst(start)),
            case .fragment(let header, let namedAt) = LocalIPv6Packet.end(of: packet)
        else { return 0 }
        let totalLength = IPv6Header.byteCount + packet.payloadLength
        mbuf.shorten(to: start + totalLength)
        guard keepsHeader else {
            mbuf.moveStart(by: start + header + 8)
            return totalLength - header - 8
        }
        let old = mbuf.data
        let next = old.load(fromByteOffset: start + header, as: UInt8.self)
        old.storeBytes(of: next, toByteOffset: start + namedAt, as: UInt8.self)
        mbuf.moveStart(by: 8)
        memmove(mbuf.data, old, start + header)
        return totalLength - 8
    }

    /// Leaves a part of a datagram without what is not its own.
    /// - Returns: how many bytes it has: of the packet where the header stays, else of what stands behind it.
    private func cut(_ mbuf: MbufReference, from start: Int, keepsHeader: Bool) -> Int {
        let frame = FrameBytes(mbuf.data, count: mbuf.dataLength)
        guard let packet = IPv4Header(frame.dropFirst(start)) else { return 0 }
        let (headerLength, totalLength) = (packet.headerLength, packet.totalLength)
        mbuf.shorten(to: start + totalLength)
        guard !keepsHeader else { return totalLength }
        mbuf.moveStart(by: start + headerLength)
        return totalLength - headerLength
    }

    /// Answers datagrams that are whole now.
    mutating func answerWholes<Observer: StageObserver>(_ observer: inout Observer) {
        if !wholes.isEmpty {
            burst.append(contentsOf: &wholes)
            answerBurst(&observer)
        }
        if !wholesOfIPv6.isEmpty {
            burst.append(contentsOf: &wholesOfIPv6)
            isIPv6 = true
            answerBurst(&observer)
            isIPv6 = false
        }
    }

    private mutating func answerBurst<Observer: StageObserver>(_ observer: inout Observer) {
        inPort = nil
        isTagged = false
        isExact = true
        unproven = BurstPositions()
        recallVRFs()
        var gone = BurstPositions()
        var made = BurstPositions()
        for index in 0..<burst.count {
            let mbuf = burst[index]
            let start = Int(mbuf.metadata.pointee.headerLength)
            if start != EthernetHeader.byteCount { noteHeaderLength(start, at: index) }
            bucketOfWhole = Int(mbuf.metadata.pointee.bucket)
            // No frame of a datagram that came in parts is an answer by itself (RFC 6980, 5).
            if takeLocal(at: index, by: .route, &observer) == .made {
                made.insert(index)
            } else {
                gone.insert(index)
            }
        }
        bucketOfWhole = nil
        takeOut(gone, made: made)
        if !dropped.isEmpty { dropped.removeAll() }
    }

    /// A datagram was not whole in time: its source is told where its first part is there (RFC 792; RFC 1122, 3.3.2).
    mutating func expireDatagram<Observer: StageObserver>(
        _ datagram: Int, _ observer: inout Observer
    ) {
        guard let reassembly else { return }
        let hasStart = reassembly.pointee.take(datagram, into: &displaced)
        guard !displaced.isEmpty else { return }
        tallies.add(Tallies.Slot.parked, -displaced.count)
        if hasStart {
            var front = BurstPositions()
            front.insert(0)
            displaced.move(front, to: &burst)
            tell(&observer)
        }
        Self.drop(&displaced, tallies, by: .route, because: .reassemblyTimeout, &observer)
        if hasMade { sendMade(&observer) }
    }

    /// Drops the first part of a datagram, which is in the burst, and says so.
    private mutating func tell<Observer: StageObserver>(_ observer: inout Observer) {
        let mbuf = burst[0]
        inPort = nil
        isTagged = false
        isMade = false
        unproven = BurstPositions()
        if clock.isVirtual {
            mbuf.metadata.pointee.time = max(mbuf.metadata.pointee.time, stepTime)
        }
        let start = Int(mbuf.metadata.pointee.headerLength)
        if start != EthernetHeader.byteCount { noteHeaderLength(start, at: 0) }
        observer.resumed(mbuf, at: stepPlace)
        recallVRFs()
        var gone = BurstPositions()
        var made = BurstPositions()
        isIPv6 = Self.isIPv6(mbuf, from: start)
        if refuse(at: 0, by: .route, because: .reassemblyTimeout, &observer) {
            made.insert(0)
        } else {
            gone.insert(0)
        }
        takeOut(gone, made: made)
        isIPv6 = false
        if !dropped.isEmpty { dropped.removeAll() }
    }

    /// Drops what waits: the worker is about to return.
    mutating func abandonParts() {
        guard let reassembly else { return }
        while reassembly.pointee.takeAny(into: &displaced) {
            tallies.add(Tallies.Slot.parked, -displaced.count)
            tallies.drop(displaced, by: nil, because: .shutdown)
            displaced.removeAll()
        }
    }
}
