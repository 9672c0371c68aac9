// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Keeps IPv4 frames that are for the port: the destination MAC is its own or a group's (RFC 1812,
/// 3.3.2 and 5.3.4), and the EtherType is IPv4.
enum Admit {
    @inline(never)
    static func process<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        let ports = worker.snapshot.pointee.ports
        // Two loops, since a burst of one port, which most are, need not look the port up.
        if let inPort = worker.inPort {
            let port = ports + Int(inPort & 31)
            admit(&worker, &observer) { _ in port }
        } else {
            admit(&worker, &observer) { mbuf in ports + Int(mbuf.port & 31) }
        }
    }

    @inline(__always)
    private static func admit<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer,
        by portOf: (MbufReference) -> UnsafeMutablePointer<PortEntry>
    ) {
        let tallies = worker.tallies
        worker.burst.keep(movingOthersTo: &worker.dropped) { mbuf, _, _ in
            let port = portOf(mbuf)
            if isOurIPv4(mbuf, port) {
                observer.admitted(mbuf, by: .ownAddress)
                return true
            }
            guard let reason = objection(mbuf, port) else {
                observer.admitted(mbuf, by: check(mbuf, port))
                return true
            }
            tallies.drop(mbuf, by: .admit, because: reason)
            observer.dropped(mbuf, by: .admit, because: reason)
            return false
        }
    }

    /// Nearly every frame: the port's own MAC and IPv4, seen in two loads.
    @inline(__always)
    private static func isOurIPv4(
        _ mbuf: MbufReference, _ port: UnsafeMutablePointer<PortEntry>
    ) -> Bool {
        guard mbuf.dataLength >= EthernetHeader.byteCount else { return false }
        let frame = UnsafeRawPointer(mbuf.data)
        let start = UInt64(littleEndian: frame.loadUnaligned(as: UInt64.self))
        let etherType = UInt16(
            bigEndian: frame.loadUnaligned(fromByteOffset: 12, as: UInt16.self))
        return start << 16 == port.pointee.startOfFrame && etherType == EtherType.ipv4.rawValue
    }

    /// All tests, one after the other; nil for a frame that passes them.
    @inline(never)
    private static func objection(
        _ mbuf: MbufReference, _ port: UnsafeMutablePointer<PortEntry>
    ) -> DropReason? {
        guard port.pointee.isLinkUp else { return .linkDown }
        guard let header = EthernetHeader(FrameBytes(mbuf.data, count: mbuf.dataLength)) else {
            return .truncatedFrame
        }
        let destination = header.destination
        guard destination == port.pointee.address || destination.isGroup || port.pointee.admitsAny
        else { return .notForUs }
        return header.etherType == .ipv4 ? nil : unhandled(header.etherType)
    }

    /// What let a frame in that passed all tests.
    @inline(__always)
    private static func check(
        _ mbuf: MbufReference, _ port: UnsafeMutablePointer<PortEntry>
    ) -> AdmitCheck {
        let frame = FrameBytes(mbuf.data, count: mbuf.dataLength)
        guard let destination = EthernetHeader(frame)?.destination else { return .anyAddress }
        if destination == port.pointee.address { return .ownAddress }
        return destination.isGroup ? .groupAddress : .anyAddress
    }

    private static func unhandled(_ etherType: EtherType) -> DropReason {
        switch etherType {
        case .arp: .arpNotHandled
        case .ipv6: .ipv6NotHandled
        case .vlan, .serviceVLAN: .vlanNotHandled
        default: .unknownEtherType
        }
    }
}
