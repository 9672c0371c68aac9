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
        let others: BurstPositions
        // Two loops: in a burst whose packets all end where their frames do, which is known by now, no
        // length has to be read again.
        if worker.isExact {
            others = rewritePlain(&worker, &observer) { mbuf, largest in
                UInt32(truncatingIfNeeded: mbuf.frameLength) <= largest
            } withoutPadding: { _ in
            }
        } else {
            others = rewritePlain(&worker, &observer) { mbuf, largest in
                let length = lengthWithoutPadding(mbuf)
                return UInt32(truncatingIfNeeded: length) <= largest
                    && (length == mbuf.frameLength || mbuf.segmentCount == 1)
            } withoutPadding: { mbuf in
                let length = lengthWithoutPadding(mbuf)
                if length != mbuf.frameLength { mbuf.setLengthOfOnlySegment(length) }
            }
        }
        if !others.isEmpty { rewriteOthers(&worker, others, &observer) }
        // Nothing was taken out of nearly every burst, and nothing shortened in it.
        if !worker.isExact || !worker.dropped.isEmpty {
            worker.burstBytes = worker.burst.byteCount
        }
    }

    @inline(__always) private static func lengthWithoutPadding(_ mbuf: MbufReference) -> Int {
        MutableIPv4Header(validated: mbuf.data + EthernetHeader.byteCount).totalLength
            &+ EthernetHeader.byteCount
    }

    /// Nearly every packet: it may leave. Calls nothing, so that all registers are the loop's.
    /// - Parameters:
    ///   - fits: whether a port takes the packet, and what stands behind it is easily cut off.
    ///   - cut: cuts that off.
    /// - Returns: the positions of the others, which are unchanged.
    @inline(__always) private static func rewritePlain<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer,
        where fits: (MbufReference, UInt32) -> Bool, withoutPadding cut: (MbufReference) -> Void
    ) -> BurstPositions {
        let nextHops = worker.snapshot.pointee.nextHops
        let chosen = worker.metadata.nextHops
        let ports = worker.metadata.outPorts
        var others = BurstPositions()
        var outPorts: UInt32 = 0
        for index in 0..<worker.burst.count {
            let mbuf = worker.burst[index]
            let nextHop = nextHops + Int(truncatingIfNeeded: chosen[index])
            let frame = mbuf.data
            let header = MutableIPv4Header(validated: frame + EthernetHeader.byteCount)
            guard fits(mbuf, nextHop.pointee.largestFrame), header.decrementPlainTimeToLive() else {
                others.insert(index)
                continue
            }
            nextHop.pointee.writeAddresses(to: frame)
            cut(mbuf)
            let port = nextHop.pointee.port
            ports[index] = port
            outPorts |= 1 &<< UInt32(port)
        }
        worker.outPorts = outPorts
        return others
    }

    @inline(never)
    private static func rewriteOthers<Observer: StageObserver>(
        _ worker: inout WorkerState, _ positions: BurstPositions, _ observer: inout Observer
    ) {
        let nextHops = worker.snapshot.pointee.nextHops
        var others = positions
        var gone = BurstPositions()
        while let position = others.popFirst() {
            let mbuf = worker.burst[position]
            let nextHop =
                nextHops + Int(truncatingIfNeeded: worker.metadata.nextHops[position])
            if let reason = rewrite(mbuf, nextHop) {
                worker.drop(at: position, by: .rewrite, because: reason, &observer)
                gone.insert(position)
            } else {
                worker.metadata.outPorts[position] = nextHop.pointee.port
                worker.outPorts |= 1 &<< UInt32(nextHop.pointee.port)
            }
        }
        worker.takeOut(gone)
    }

    /// All tests, one after the other: rewrites the packet, or says why it cannot leave.
    private static func rewrite(
        _ mbuf: MbufReference, _ nextHop: UnsafeMutablePointer<NextHop>
    ) -> DropReason? {
        let frame = mbuf.data
        let header = MutableIPv4Header(validated: frame + EthernetHeader.byteCount)
        guard header.timeToLive > 1 else { return .timeToLiveExpired }
        guard nextHop.pointee.kind == .forward else { return .noNeighbour }
        let totalLength = header.totalLength
        guard totalLength &+ EthernetHeader.byteCount <= Int(nextHop.pointee.largestFrame) else {
            return .exceedsMTU
        }
        header.decrementTimeToLive()
        nextHop.pointee.writeAddresses(to: frame)
        mbuf.shorten(to: totalLength &+ EthernetHeader.byteCount)
        return nil
    }
}
