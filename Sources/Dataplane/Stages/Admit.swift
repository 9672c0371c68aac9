// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Keeps IPv4 frames that are for an interface of the port: the destination MAC is its own or a group's (RFC 1812,
/// 3.3.2 and 5.3.4), tags are those of an interface, and the EtherType behind them is IPv4.
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
        worker.isExact = others.isEmpty && padding == 0
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
        worker.takeOut(gone)
    }

    /// All tests, one after the other; nil for a frame that passes them.
    /// - Parameter match: the interface that the frame's tags belong to.
    private static func objection(
        _ frame: FrameBytes, _ match: InterfaceTable.Match?,
        _ port: UnsafeMutablePointer<PortEntry>
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
        return type == EtherType.ipv4.rawValue ? nil : unhandled(EtherType(rawValue: type))
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

    private static func unhandled(_ etherType: EtherType) -> DropReason {
        switch etherType {
        case .arp: .arpNotHandled
        case .ipv6: .ipv6NotHandled
        default: .unknownEtherType
        }
    }
}
