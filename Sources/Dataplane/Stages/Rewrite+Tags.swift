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
        let nextHops = worker.snapshot.pointee.nextHops
        let first = (nextHops + Int(truncatingIfNeeded: worker.metadata.nextHops[0])).way
        worker.burstBytes = 0
        // Frames mostly come in rows of one interface, and leave by one.
        let strays = worker.isExact ? rewriteRow(&worker, first) : .init(below: worker.burst.count)
        var others = BurstPositions()
        var difference: UInt64 = 0
        if !strays.isEmpty {
            (others, difference) = rewriteStrays(&worker, strays, first)
        }
        leave(&worker, first, difference, others)
        return others
    }

    /// Packets that begin where the first one does, and leave by its interface: what is the same for all of them is looked
    /// at once.
    /// - Returns: the positions of the others, which are unchanged.
    @inline(__always)
    private static func rewriteRow(
        _ worker: inout WorkerState, _ way: NextHop.Way
    ) -> BurstPositions {
        let start = Int(worker.metadata.headerLengths[0])
        let growth = way.tagBytes &- (start &- EthernetHeader.byteCount)
        // Tags take the place of as many, most often: then no frame moves.
        return growth == 0
            ? rewriteRow(&worker, way, from: start, growth: 0)
            : rewriteRow(&worker, way, from: start, growth: growth)
    }

    @inline(__always)
    private static func rewriteRow(
        _ worker: inout WorkerState, _ way: NextHop.Way, from start: Int, growth: Int
    ) -> BurstPositions {
        let nextHops = worker.snapshot.pointee.nextHops
        let chosen = worker.metadata.nextHops
        let headerLengths = worker.metadata.headerLengths
        let tags = nextHops[Int(truncatingIfNeeded: chosen[0])].tags
        var strays = BurstPositions()
        var bytes = 0
        for index in 0..<worker.burst.count {
            let mbuf = worker.burst[index]
            let nextHop = nextHops + Int(truncatingIfNeeded: chosen[index])
            let largest = nextHop.largestFrame
            let length = mbuf.frameLength &- start &+ EthernetHeader.byteCount
            guard
                Int(headerLengths[index]) == start,
                (nextHop.way.word ^ way.word) & NextHop.Way.mask == 0,
                UInt32(truncatingIfNeeded: length) <= largest,
                growth <= 0 || mbuf.headroom >= growth,
                MutableIPv4Header(validated: mbuf.data + start).decrementPlainTimeToLive()
            else {
                strays.insert(index)
                continue
            }
            if growth != 0 { mbuf.moveStart(by: -growth) }
            let frame = mbuf.data
            if way.tagBytes != 0 { tags.write(to: frame) }
            nextHop.pointee.writeAddresses(to: frame)
            bytes &+= length
        }
        let count = worker.burst.count &- strays.count
        worker.burstBytes &+= bytes &+ count &* way.tagBytes
        return strays
    }

    /// - Returns: the positions of those that are left, which are unchanged, and in what the ways of the others differ from
    ///   that of the first.
    @inline(never)
    private static func rewriteStrays(
        _ worker: inout WorkerState, _ strays: BurstPositions, _ first: NextHop.Way
    ) -> (others: BurstPositions, difference: UInt64) {
        let nextHops = worker.snapshot.pointee.nextHops
        let chosen = worker.metadata.nextHops
        let headerLengths = worker.metadata.headerLengths
        var others = BurstPositions()
        var bytes = 0
        var difference: UInt64 = 0
        var rest = strays
        while let index = rest.popFirst() {
            let mbuf = worker.burst[index]
            let nextHop = nextHops + Int(truncatingIfNeeded: chosen[index])
            let largest = nextHop.largestFrame
            let way = nextHop.way
            let start = Int(headerLengths[index])
            let header = MutableIPv4Header(validated: mbuf.data + start)
            let packetLength = header.totalLength
            let length = packetLength &+ EthernetHeader.byteCount
            let growth = way.tagBytes &- (start &- EthernetHeader.byteCount)
            guard
                UInt32(truncatingIfNeeded: length) <= largest,
                packetLength &+ start == mbuf.frameLength || mbuf.segmentCount == 1,
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
            if tagged != mbuf.frameLength { mbuf.setLengthOfOnlySegment(tagged) }
            bytes &+= tagged
            difference |= way.word ^ first.word
        }
        worker.burstBytes &+= bytes
        return (others, difference)
    }
}
