// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Keeps IP frames that are for an interface of the port: the destination MAC is its own or a group's (RFC 1812,
/// 3.3.2 and 5.3.4), tags are those of an interface, and the EtherType behind them is IPv4; or IPv6, where the interface has that, which is set aside. ARP requests for the interface's
/// own addresses are answered here.
///
/// While it has a frame at hand it looks at the IPv4 header too: ValidateIPv4 need not touch those
/// again in which there is nothing to find, which are nearly all.
enum Admit {
    /// Bytes that later stages read at the most: Ethernet and tags, IPv4 with all its options, the ports.
    private static let longestHeaders = InterfaceTable.longestHeader + 60 + 4
    /// A frame of IPv6 with one tag.
    private static let fewestBytesOfIPv6 =
        EthernetHeader.byteCount + VLANTag.byteCount + IPv6Header.byteCount

    @inline(never)
    static func process<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        let ports = worker.snapshot.pointee.ports
        let ordinary = worker.snapshot.pointee.ownAddresses.ordinary
        worker.isTagged = false
        if worker.expectsIPv6, let inPort = worker.inPort, ports[Int(inPort & 31)].hasIPv6,
            ports[Int(inPort & 31)].vlans == 0
        {
            separate(&worker, &observer, ports[Int(inPort & 31)].startOfFrame)
            if worker.burst.isEmpty { return }
        }
        // A burst of one port, which most are, need not look the port up; and where no frame can have tags, none is
        // looked for.
        if worker.snapshot.pointee.interfaces.hasVLANs,
            worker.inPort.map({ ports[Int($0 & 31)].vlans != 0 }) ?? true
        {
            admitPlainOrTagged(&worker, &observer, ordinary)
        } else if let inPort = worker.inPort {
            let start = ports[Int(inPort & 31)].startOfFrame
            admitPlain(&worker, &observer, ordinary) { _ in start }
        } else {
            admitPlain(&worker, &observer, ordinary) { mbuf in
                ports[Int(mbuf.port & 31)].startOfFrame
            }
        }
        guard !worker.unproven.isEmpty else { return }
        var plain = BurstPositions()
        var odd = BurstPositions()
        if worker.snapshot.pointee.localInterfaces.hasIPv6 { plain = findIPv6(&worker, &observer) }
        if !worker.unproven.isEmpty { admitOthers(&worker, &plain, &odd, &observer) }
        let aside = plain.union(odd)
        if !aside.isEmpty { worker.setAside(aside, unproven: odd) }
    }

    /// Nearly every frame. Calls nothing, so that all registers are the loop's.
    @inline(__always) private static func admitPlain<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer, _ ordinary: OrdinaryAddresses,
        startOfFrame: (MbufReference) -> UInt64
    ) {
        let destinations = worker.metadata.destinations
        var others = BurstPositions()
        var padding: UInt = 0
        for index in 0..<worker.burst.count {
            let mbuf = worker.burst[index]
            guard let plain = plain(mbuf, startOfFrame(mbuf), ordinary) else {
                others.insert(index)
                continue
            }
            observer.noted(mbuf, by: .admit, StageNote(.ownAddress))
            destinations[index] = plain.destination.rawValue
            padding |= plain.padding
        }
        worker.unproven = others
        // ValidateIPv4 looks at the others.
        worker.isExact = padding == 0
    }

    /// A frame for the port's own MAC, with IPv4 and a header without a fault.
    @inline(__always) private static func plain(
        _ mbuf: MbufReference, _ startOfFrame: UInt64, _ ordinary: OrdinaryAddresses
    ) -> IPv4Header.Plain? {
        guard mbuf.dataLength >= EthernetHeader.byteCount &+ IPv4Header.minimumByteCount else {
            return nil
        }
        let frame = UnsafeRawPointer(mbuf.data)
        let start = UInt64(littleEndian: frame.loadUnaligned(as: UInt64.self))
        let etherType = UInt16(
            bigEndian: frame.loadUnaligned(fromByteOffset: 12, as: UInt16.self))
        guard start << 16 == startOfFrame, etherType == EtherType.ipv4.rawValue else { return nil }
        return IPv4Header.plain(
            frame + EthernetHeader.byteCount,
            packetLength: mbuf.frameLength &- EthernetHeader.byteCount, ordinary)
    }

    /// The others, one after the other.
    /// - Parameters:
    ///   - plain: those of IPv6 that are known already; where they are among what is left.
    ///   - odd: gets the others of IPv6.
    @inline(never)
    private static func admitOthers<Observer: StageObserver>(
        _ worker: inout WorkerState, _ plain: inout BurstPositions, _ odd: inout BurstPositions,
        _ observer: inout Observer
    ) {
        let ports = worker.snapshot.pointee.ports
        let local = worker.snapshot.pointee.localInterfaces
        var others = worker.unproven
        var gone = BurstPositions()
        var answers = BurstPositions()
        while let position = others.popFirst() {
            let mbuf = worker.burst[position]
            // Cards fill a buffer before they take the next one; a peer that shares memory need not
            // (eth_memif_rx_zc of net_memif). What the stages read must lie in one piece.
            mbuf.gather(longestHeaders)
            let number = (worker.inPort ?? mbuf.port) & 31
            let port = ports + Int(number)
            let frame = FrameBytes(mbuf.data, count: mbuf.dataLength)
            let match = EthernetHeader(frame).flatMap { _ in
                worker.snapshot.pointee.interfaces.match(frame, from: number, port.pointee)
            }
            if let match, port.pointee.vlans != 0 {
                worker.interfaces.received(match.interface, frames: 1, bytes: mbuf.frameLength)
            }
            if let match, isARP(frame, match, port) {
                // By which the answer leaves.
                mbuf.port = number
                if answer(at: position, match, &worker, &observer) {
                    answers.insert(position)
                } else {
                    gone.insert(position)
                }
                continue
            }
            let isIPv6 = match.map {
                local.hasIPv6($0.interface)
                    && frame.uint16(at: $0.headerLength - 2) == EtherType.ipv6.rawValue
            }
            let wanted: EtherType = isIPv6 == true ? .ipv6 : .ipv4
            if let reason = objection(frame, match, port, to: wanted) {
                worker.drop(at: position, by: .admit, because: reason, &observer)
                gone.insert(position)
                continue
            }
            if wanted == .ipv6 { odd.insert(position) }
            let check = check(mbuf, port)
            guard let match, match.headerLength > EthernetHeader.byteCount else {
                observer.noted(mbuf, by: .admit, StageNote(check))
                continue
            }
            worker.noteHeaderLength(match.headerLength, at: position)
            observer.noted(mbuf, by: .admit, StageNote(check, taggedFor: match.interface))
        }
        let unproven = worker.unproven
        worker.takeOut(gone, answers: answers)
        guard !plain.isEmpty || !odd.isEmpty else { return }
        // Those that were taken out are none of them.
        let left = unproven.subtracting(odd)
        let closed = answers.closingUp(without: gone)
        worker.unproven = left.closingUp(without: gone).closingUp(without: closed)
        plain = plain.closingUp(without: gone).closingUp(without: closed)
        odd = odd.closingUp(without: gone).closingUp(without: closed)
    }

    /// Sets the frames of IPv6 of a port without tags aside, before the others are looked at: where there were some in the
    /// burst before. Frames of both families in no order then cost no more than those of one.
    @inline(never)
    private static func separate<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer, _ startOfFrame: UInt64
    ) {
        var odd: UInt64 = 0
        var count: UInt64 = 0
        worker.burst.separate(into: &worker.aside) { mbuf in
            let frame = UnsafeRawPointer(mbuf.data)
            let start = UInt64(littleEndian: frame.loadUnaligned(as: UInt64.self)) << 16
            let type = UInt16(
                bigEndian: frame.loadUnaligned(fromByteOffset: 12, as: UInt16.self))
            let length = mbuf.dataLength
            let isIPv6 = type == EtherType.ipv6.rawValue && length >= EthernetHeader.byteCount
            let isPlain = start == startOfFrame && length >= fewestBytesOfIPv6
            odd |= (isPlain ? 0 : 1) &<< count
            count &+= isIPv6 ? 1 : 0
            return isIPv6
        }
        worker.expectsIPv6 = count > 0
        guard count > 0 else { return }
        worker.hasAside = true
        worker.isTaggedAside = false
        // What was written behind the last one is nobody's.
        worker.unprovenAside = BurstPositions(bits: odd).intersection(.init(below: Int(count)))
        worker.isUnadmittedAside = !worker.unprovenAside.isEmpty
        if !worker.burst.isEmpty { worker.burstBytes = worker.burst.byteCount }
        guard Observer.watchesFrames else { return }
        for index in 0..<worker.aside.count where !worker.unprovenAside.contains(index) {
            observer.noted(worker.aside[index], by: .admit, StageNote(.ownAddress))
        }
    }

    /// The complete test of frames that were set aside without it: the positions that are to be looked at closely.
    @inline(never)
    static func admitAside<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        var plain = BurstPositions()
        var odd = BurstPositions()
        admitOthers(&worker, &plain, &odd, &observer)
        worker.unproven = odd
    }

    /// Frames of IPv6 among those that are no plain IPv4: nearly all are for the port's own MAC, with one tag that is an
    /// interface's or none. They are left out of what is to be looked at closely.
    @inline(never)
    private static func findIPv6<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) -> BurstPositions {
        let ports = worker.snapshot.pointee.ports
        let interfaces = worker.snapshot.pointee.interfaces
        let local = worker.snapshot.pointee.localInterfaces
        let ipv6 = EtherType.ipv6.rawValue
        var found = BurstPositions()
        var rest = worker.unproven
        while let position = rest.popFirst() {
            let mbuf = worker.burst[position]
            let number = (worker.inPort ?? mbuf.port) & 31
            let port = ports + Int(number)
            let frame = UnsafeRawPointer(mbuf.data)
            guard mbuf.dataLength >= fewestBytesOfIPv6,
                UInt64(littleEndian: frame.loadUnaligned(as: UInt64.self)) << 16
                    == port.pointee.startOfFrame
            else { continue }
            let word = UInt32(
                bigEndian: frame.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
            let type = UInt16(truncatingIfNeeded: word >> 16)
            guard type != ipv6 else {
                guard port.pointee.hasIPv6 else { continue }
                if port.pointee.vlans != 0 {
                    worker.interfaces.received(number, frames: 1, bytes: mbuf.frameLength)
                }
                found.insert(position)
                observer.noted(mbuf, by: .admit, StageNote(.ownAddress))
                continue
            }
            guard port.pointee.vlans != 0 else { continue }
            let interface = interfaces.single(
                UInt16(truncatingIfNeeded: word) & 0xfff, of: port.pointee)
            guard interface != InterfaceEntry.none,
                interfaces.entries[Int(interface)].outerType == type.byteSwapped,
                UInt16(bigEndian: frame.loadUnaligned(fromByteOffset: 16, as: UInt16.self)) == ipv6,
                local.hasIPv6(interface)
            else { continue }
            worker.interfaces.received(interface, frames: 1, bytes: mbuf.frameLength)
            worker.noteHeaderLength(EthernetHeader.byteCount + VLANTag.byteCount, at: position)
            found.insert(position)
            observer.noted(mbuf, by: .admit, StageNote(.ownAddress, taggedFor: interface))
        }
        worker.unproven = worker.unproven.subtracting(found)
        if !found.isEmpty { worker.expectsIPv6 = true }
        return found
    }

    /// Whether a frame is ARP for the port, to which nothing is to be objected but what is in it.
    private static func isARP(
        _ frame: FrameBytes, _ match: InterfaceTable.Match,
        _ port: UnsafeMutablePointer<PortEntry>
    ) -> Bool {
        frame.uint16(at: match.headerLength - 2) == EtherType.arp.rawValue
            && objection(frame, match, port, to: .arp) == nil
    }

    /// - Returns: whether the frame is an answer now; else it was dropped.
    private static func answer<Observer: StageObserver>(
        at position: Int, _ match: InterfaceTable.Match, _ worker: inout WorkerState,
        _ observer: inout Observer
    ) -> Bool {
        let mbuf = worker.burst[position]
        let port = worker.snapshot.pointee.ports[Int(mbuf.port)]
        let verdict = ARPReply.replace(
            mbuf, match, mac: port.address, worker.snapshot.pointee, worker.neighbours,
            worker.reports)
        switch verdict {
        case .answer: worker.noteAnswer(mbuf, by: .admit, &observer)
        case .learnt:
            observer.noted(mbuf, by: .admit, StageNote(.learnt))
            observer.left(mbuf, by: .consumed(by: .admit))
            worker.tallies.add(Tallies.Slot.consumed, 1)
            return false
        case .drop(let reason):
            worker.drop(at: position, by: .admit, because: reason, &observer)
            return false
        }
        if port.vlans != 0 {
            worker.interfaces.sent(match.interface, frames: 1, bytes: mbuf.frameLength)
        }
        return true
    }

    /// All tests, one after the other; nil for a frame that passes them.
    /// - Parameters:
    ///   - match: the interface that the frame's tags belong to.
    ///   - wanted: what the frame must be.
    private static func objection(
        _ frame: FrameBytes, _ match: InterfaceTable.Match?,
        _ port: UnsafeMutablePointer<PortEntry>, to wanted: EtherType = .ipv4
    ) -> DropReason? {
        guard port.pointee.isLinkUp else { return .linkDown }
        guard let header = EthernetHeader(frame) else { return .truncatedFrame }
        let destination = header.destination
        guard port.pointee.owns(destination) || destination.isGroup || port.pointee.admitsAny
        else { return .notForUs }
        let tags = VLANStack(header)
        guard tags.end != .truncated else { return .truncatedFrame }
        // What stands behind the interface's tags is no further one.
        guard let match, let type = frame.uint16(at: match.headerLength - 2),
            !EtherType(rawValue: type).isVLAN
        else { return .unknownVLAN }
        guard type != wanted.rawValue else { return nil }
        return type == EtherType.ipv6.rawValue ? .ipv6NotHandled : .unknownEtherType
    }

    /// What let a frame in that passed all tests.
    @inline(__always) private static func check(
        _ mbuf: MbufReference, _ port: UnsafeMutablePointer<PortEntry>
    ) -> AdmitCheck {
        let frame = FrameBytes(mbuf.data, count: mbuf.dataLength)
        guard let destination = EthernetHeader(frame)?.destination else { return .anyAddress }
        if port.pointee.owns(destination) { return .ownAddress }
        return destination.isGroup ? .groupAddress : .anyAddress
    }
}
