// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Keeps IPv4 frames that are for an interface of the port: the destination MAC is its own or a group's (RFC 1812,
/// 3.3.2 and 5.3.4), tags are those of an interface, and the EtherType behind them is IPv4. ARP requests for the interface's
/// own addresses are answered here.
///
/// While it has a frame at hand it looks at the IPv4 header too: ValidateIPv4 need not touch those
/// again in which there is nothing to find, which are nearly all.
enum Admit {
    /// Bytes that later stages read at the most: Ethernet and tags, IPv4 with all its options, the ports.
    private static let longestHeaders = InterfaceTable.longestHeader + 60 + 4

    @inline(never)
    static func process<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        let ports = worker.snapshot.pointee.ports
        let ordinary = worker.snapshot.pointee.ownAddresses.ordinary
        worker.isTagged = false
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
        if !worker.unproven.isEmpty { admitOthers(&worker, &observer) }
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
    @inline(never)
    private static func admitOthers<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        let ports = worker.snapshot.pointee.ports
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
            if let reason = objection(frame, match, port) {
                worker.drop(at: position, by: .admit, because: reason, &observer)
                gone.insert(position)
                continue
            }
            let check = check(mbuf, port)
            guard let match, match.headerLength > EthernetHeader.byteCount else {
                observer.noted(mbuf, by: .admit, StageNote(check))
                continue
            }
            worker.noteHeaderLength(match.headerLength, at: position)
            observer.noted(mbuf, by: .admit, StageNote(check, taggedFor: match.interface))
        }
        worker.takeOut(gone, answers: answers)
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
