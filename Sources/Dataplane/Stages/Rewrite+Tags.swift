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
            ? rewriteTagged(&worker, isExact: true) : rewriteTagged(&worker, isExact: false)
    }

    /// - Parameter isExact: whether all packets end where their frames do.
    @inline(__always)
    private static func rewriteTagged(
        _ worker: inout WorkerState, isExact: Bool
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
            let header = MutableIPv4Header(validated: mbuf.data + start)
            let packetLength = isExact ? mbuf.frameLength &- start : header.totalLength
            let length = packetLength &+ EthernetHeader.byteCount
            let growth = way.tagBytes &- (start &- EthernetHeader.byteCount)
            guard
                UInt32(truncatingIfNeeded: length) <= largest,
                isExact || packetLength &+ start == mbuf.frameLength || mbuf.segmentCount == 1,
                growth <= 0 || mbuf.headroom >= growth, header.decrementPlainTimeToLive()
            else {
                others.insert(index)
                continue
            }
            if growth != 0 { mbuf.moveStart(by: -growth) }
            let frame = mbuf.data
            if way.tagBytes != 0 { nextHop.pointee.tags.write(to: frame) }
            nextHop.pointee.writeAddresses(to: frame)
            let tagged = length &+ way.tagBytes
            if !isExact, tagged != mbuf.frameLength { mbuf.setLengthOfOnlySegment(tagged) }
            bytes &+= tagged
            difference |= way.word ^ first.word
        }
        worker.burstBytes = bytes
        leave(&worker, first, difference, others)
        return others
    }
}
