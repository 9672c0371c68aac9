// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Keeps IPv4 frames that are for the port: the destination MAC is its own or a group's (RFC 1812,
/// 3.3.2 and 5.3.4), and the EtherType is IPv4.
enum Admit {
    static func process<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        let ports = worker.snapshot.pointee.ports
        let tallies = worker.tallies
        worker.burst.keep(movingOthersTo: &worker.dropped) { mbuf, _ in
            guard let reason = verdict(mbuf, ports) else { return true }
            tallies.drop(reason, bytes: mbuf.frameLength)
            observer.dropped(mbuf, by: .admit, because: reason)
            return false
        }
    }

    @inline(__always)
    private static func verdict(
        _ mbuf: MbufReference, _ ports: UnsafeMutablePointer<PortEntry>
    ) -> DropReason? {
        guard let header = EthernetHeader(FrameBytes(mbuf.data, count: mbuf.dataLength)) else {
            return .truncatedFrame
        }
        let port = ports + Int(mbuf.port & 31)
        let destination = header.destination
        guard destination == port.pointee.address || destination.isGroup || port.pointee.admitsAny
        else { return .notForUs }
        return header.etherType == .ipv4 ? nil : unhandled(header.etherType)
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
