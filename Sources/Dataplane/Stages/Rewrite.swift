// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Makes the packet the next hop's: time to live and checksum (RFC 1812, 5.3.1; RFC 1624), MTU,
/// MAC addresses, and no padding behind the total length.
enum Rewrite {
    static func process<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        let nextHops = worker.snapshot.pointee.nextHops
        let tallies = worker.tallies
        worker.burst.keep(movingOthersTo: &worker.dropped) { mbuf, _ in
            let nextHop = nextHops + Int(mbuf.metadata.pointee.nextHop)
            guard let reason = rewrite(mbuf, nextHop) else { return true }
            tallies.drop(reason, bytes: mbuf.frameLength)
            observer.dropped(mbuf, by: .rewrite, because: reason)
            return false
        }
    }

    @inline(__always)
    private static func rewrite(
        _ mbuf: MbufReference, _ nextHop: UnsafeMutablePointer<NextHop>
    ) -> DropReason? {
        let frame = MutableFrameBytes(mbuf.data, count: mbuf.dataLength)
        // The validation stage saw these bytes: the views exist.
        let packet = frame.dropFirst(EthernetHeader.byteCount)
        guard let header = MutableIPv4Header(packet), let view = IPv4Header(packet.readOnly) else {
            return .truncatedFrame
        }
        guard header.timeToLive > 1 else { return .timeToLiveExpired }
        guard nextHop.pointee.kind == .forward else { return .noNeighbour }
        let totalLength = view.totalLength
        guard totalLength <= Int(nextHop.pointee.mtu) else { return .exceedsMTU }
        header.decrementTimeToLive()
        frame.base.storeBytes(of: nextHop.pointee.addressesLow, as: UInt64.self)
        frame.base.storeBytes(of: nextHop.pointee.addressesHigh, toByteOffset: 8, as: UInt32.self)
        let frameLength = totalLength &+ EthernetHeader.byteCount
        if mbuf.frameLength > frameLength { mbuf.shorten(to: frameLength) }
        mbuf.metadata.pointee.outPort = nextHop.pointee.port
        return nil
    }
}
