// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Frames that come in with tags, or leave by an interface of a port with VLANs.
extension Rewrite {
    /// Nearly every packet of such a burst: it may leave. The frame begins where the new header takes it to. Says how many
    /// bytes the burst has, unless some are left over.
    /// - Returns: the positions of the others, which are unchanged.
    @inline(never)
    static func rewriteTagged(_ worker: inout WorkerState) -> BurstPositions {
        if !worker.isTagged { worker.metadata.forgetHeaderLengths() }
        return worker.isExact
            ? rewriteTagged(&worker) { mbuf, start in mbuf.frameLength &- start }
            : rewriteTagged(&worker) { mbuf, start in
                MutableIPv4Header(validated: mbuf.data + start).totalLength
            }
    }

    /// - Parameter packetLength: of the packet that begins at a place of a frame.
    @inline(__always)
    private static func rewriteTagged(
        _ worker: inout WorkerState, packetLength: (MbufReference, Int) -> Int
    ) -> BurstPositions {
        let nextHops = worker.snapshot.pointee.nextHops
        let chosen = worker.metadata.nextHops
        let headerLengths = worker.metadata.headerLengths
        var others = BurstPositions()
        var bytes = 0
        let first = (nextHops + Int(truncatingIfNeeded: chosen[0])).way
        var difference: UInt64 = 0
        for index in 0..<worker.burst.count {
            let mbuf = worker.burst[index]
            let nextHop = nextHops + Int(truncatingIfNeeded: chosen[index])
            let largest = nextHop.largestFrame
            let way = nextHop.way
            let start = Int(headerLengths[index])
            let length = packetLength(mbuf, start) &+ EthernetHeader.byteCount
            let growth = way.tagBytes &- (start &- EthernetHeader.byteCount)
            guard
                UInt32(truncatingIfNeeded: length) <= largest,
                length &- EthernetHeader.byteCount &+ start == mbuf.frameLength
                    || mbuf.segmentCount == 1,
                growth <= 0 || mbuf.headroom >= growth,
                MutableIPv4Header(validated: mbuf.data + start).decrementPlainTimeToLive()
            else {
                others.insert(index)
                continue
            }
            if growth != 0 { mbuf.moveStart(by: -growth) }
            let frame = mbuf.data
            if way.tagBytes != 0 { nextHop.pointee.tags.write(to: frame) }
            nextHop.pointee.writeAddresses(to: frame)
            let tagged = length &+ way.tagBytes
            if tagged != mbuf.frameLength { mbuf.setLengthOfOnlySegment(tagged) }
            bytes &+= tagged
            difference |= way.word ^ first.word
        }
        worker.burstBytes = bytes
        if difference == 0 {
            leave(&worker, first, others, bytes)
        } else {
            leaveByWays(&worker, others)
        }
        return others
    }

    /// All leave by one interface, but for the others.
    @inline(__always)
    private static func leave(
        _ worker: inout WorkerState, _ way: NextHop.Way, _ others: BurstPositions, _ bytes: Int
    ) {
        let count = worker.burst.count
        worker.metadata.outPorts.update(repeating: way.port, count: count)
        worker.outPorts = count == others.count ? 0 : 1 &<< UInt32(way.port)
        if way.isByVLAN {
            worker.interfaces.sent(way.interface, frames: count &- others.count, bytes: bytes)
        }
    }

    /// They leave by several.
    @inline(never)
    private static func leaveByWays(_ worker: inout WorkerState, _ others: BurstPositions) {
        let nextHops = worker.snapshot.pointee.nextHops
        var outPorts: UInt32 = 0
        var run = InterfaceRun()
        for index in 0..<worker.burst.count where !others.contains(index) {
            let way = (nextHops + Int(truncatingIfNeeded: worker.metadata.nextHops[index])).way
            worker.metadata.outPorts[index] = way.port
            outPorts |= 1 &<< UInt32(way.port)
            if way.isByVLAN {
                run.add(
                    way.interface, bytes: worker.burst[index].frameLength, to: worker.interfaces)
            }
        }
        run.end(worker.interfaces)
        worker.outPorts = outPorts
    }
}
