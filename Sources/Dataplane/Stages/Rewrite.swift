// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Makes the packet the next hop's: time to live and checksum (RFC 1812, 5.3.1; RFC 1624), MTU,
/// MAC addresses, and no padding behind the total length.
enum Rewrite {
    @inline(never)
    static func process<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        let nextHops = worker.snapshot.pointee.nextHops
        let chosen = worker.metadata.nextHops
        let ports = worker.metadata.outPorts
        let tallies = worker.tallies
        var outPorts: UInt32 = 0
        var bytes = 0
        worker.burst.keep(movingOthersTo: &worker.dropped) { mbuf, index, position in
            let nextHop = nextHops + Int(truncatingIfNeeded: chosen[index])
            if !rewritePlain(mbuf, nextHop), let reason = rewrite(mbuf, nextHop) {
                tallies.drop(mbuf, by: .rewrite, because: reason)
                observer.dropped(mbuf, by: .rewrite, because: reason)
                return false
            }
            observer.rewritten(mbuf)
            let port = nextHop.pointee.port
            ports[position] = port
            outPorts |= 1 &<< UInt32(port)
            bytes &+= mbuf.frameLength
            return true
        }
        worker.noteWaysOut(outPorts, bytes: bytes)
    }

    /// Nearly every packet: it may leave, and nothing stands behind its total length.
    /// - Returns: false, with nothing changed, for a packet that needs a closer look.
    @inline(__always)
    private static func rewritePlain(
        _ mbuf: MbufReference, _ nextHop: UnsafeMutablePointer<NextHop>
    ) -> Bool {
        let frame = mbuf.data
        let header = MutableIPv4Header(validated: frame + EthernetHeader.byteCount)
        let totalLength = header.totalLength
        guard totalLength <= Int(nextHop.pointee.largestForwarded),
            totalLength &+ EthernetHeader.byteCount == mbuf.frameLength,
            header.decrementTimeToLive(toAtLeast: 1)
        else { return false }
        nextHop.pointee.writeAddresses(to: frame)
        return true
    }

    /// All tests, one after the other: rewrites the packet, or says why it cannot leave.
    @inline(never)
    private static func rewrite(
        _ mbuf: MbufReference, _ nextHop: UnsafeMutablePointer<NextHop>
    ) -> DropReason? {
        let frame = mbuf.data
        let header = MutableIPv4Header(validated: frame + EthernetHeader.byteCount)
        guard header.timeToLive > 1 else { return .timeToLiveExpired }
        guard nextHop.pointee.kind == .forward else { return .noNeighbour }
        let totalLength = header.totalLength
        guard totalLength <= Int(nextHop.pointee.largestForwarded) else { return .exceedsMTU }
        header.decrementTimeToLive()
        nextHop.pointee.writeAddresses(to: frame)
        mbuf.shorten(to: totalLength &+ EthernetHeader.byteCount)
        return nil
    }
}
