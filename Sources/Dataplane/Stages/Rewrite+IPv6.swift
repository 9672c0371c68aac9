// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

extension Rewrite {
    /// Takes one from the hop limits of a burst of IPv6 (RFC 8200, 3), and gives the frames their new Ethernet headers.
    @inline(never)
    static func rewriteIPv6<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        let hasTags = worker.isTagged || worker.leavesByVLAN
        let others = hasTags ? rewriteTaggedIPv6(&worker) : rewritePlainIPv6(&worker)
        if !others.isEmpty { rewriteOthers(&worker, others, &observer) }
        let isKnown =
            others.isEmpty && !hasTags && worker.isExact && worker.dropped.isEmpty
            && !worker.hasMade
        if !isKnown { worker.burstBytes = worker.burst.byteCount }
    }

    /// Nearly every packet: it may leave. Calls nothing, so that all registers are the loop's.
    /// - Returns: the positions of the others, which are unchanged.
    @inline(__always)
    private static func rewritePlainIPv6(_ worker: inout WorkerState) -> BurstPositions {
        let nextHops = worker.snapshot.pointee.nextHops
        let chosen = worker.metadata.nextHops
        var others = BurstPositions()
        let first = (nextHops + Int(truncatingIfNeeded: chosen[0])).way
        var difference: UInt64 = 0
        for index in 0..<worker.burst.count {
            let mbuf = worker.burst[index]
            let nextHop = nextHops + Int(truncatingIfNeeded: chosen[index])
            let largest = nextHop.largestFrame
            let frame = mbuf.data
            let header = MutableIPv6Header(validated: frame + EthernetHeader.byteCount)
            let length = header.totalLength &+ EthernetHeader.byteCount
            let hopLimit = header.hopLimit
            guard UInt32(truncatingIfNeeded: length) <= largest, hopLimit > 1,
                length == mbuf.frameLength || mbuf.segmentCount == 1
            else {
                others.insert(index)
                continue
            }
            header.hopLimit = hopLimit &- 1
            nextHop.pointee.writeAddresses(to: frame)
            if length != mbuf.frameLength { mbuf.setLengthOfOnlySegment(length) }
            difference |= nextHop.way.word ^ first.word
        }
        leave(&worker, first, difference, others)
        return others
    }

    /// The same where frames have tags, on either side: the frame begins where the new header takes it to.
    @inline(never)
    private static func rewriteTaggedIPv6(_ worker: inout WorkerState) -> BurstPositions {
        if !worker.isTagged { worker.metadata.forgetHeaderLengths() }
        let nextHops = worker.snapshot.pointee.nextHops
        let chosen = worker.metadata.nextHops
        let headerLengths = worker.metadata.headerLengths
        var others = BurstPositions()
        let first = (nextHops + Int(truncatingIfNeeded: chosen[0])).way
        var difference: UInt64 = 0
        var bytes = 0
        for index in 0..<worker.burst.count {
            let mbuf = worker.burst[index]
            let nextHop = nextHops + Int(truncatingIfNeeded: chosen[index])
            let largest = nextHop.largestFrame
            let way = nextHop.way
            let start = Int(headerLengths[index])
            let header = MutableIPv6Header(validated: mbuf.data + start)
            let length = header.totalLength &+ EthernetHeader.byteCount
            let hopLimit = header.hopLimit
            let growth = way.tagBytes &- (start &- EthernetHeader.byteCount)
            guard UInt32(truncatingIfNeeded: length) <= largest, hopLimit > 1,
                header.totalLength &+ start == mbuf.frameLength || mbuf.segmentCount == 1,
                growth <= 0 || mbuf.headroom >= growth
            else {
                others.insert(index)
                continue
            }
            header.hopLimit = hopLimit &- 1
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
        leave(&worker, first, difference, others)
        return others
    }

    /// All tests, one after the other: rewrites the packet, or says why it cannot leave.
    /// - Parameters:
    ///   - start: where the packet begins.
    ///   - mtu: that of the interface, for a next hop that is not known.
    ///   - cuts: whether what is too long may leave in parts: a packet of our own.
    static func rewriteIPv6(
        _ mbuf: MbufReference, from start: Int, _ nextHop: UnsafeMutablePointer<NextHop>, mtu: Int,
        cuts: Bool
    ) -> (DropReason?, isTooLong: Bool) {
        let header = MutableIPv6Header(validated: mbuf.data + start)
        guard header.hopLimit > 1 else { return (.timeToLiveExpired, false) }
        let length = header.totalLength &+ EthernetHeader.byteCount
        let largest = Int(nextHop.largestFrame)
        guard largest > 0 else {
            return (header.totalLength > mtu && !cuts ? .exceedsMTU : .noNeighbour, false)
        }
        // Nobody but its source cuts a packet (RFC 8200, 5).
        guard length <= largest || cuts else { return (.exceedsMTU, false) }
        let tags = nextHop.pointee.tags
        let growth = Int(tags.byteCount) &- (start &- EthernetHeader.byteCount)
        guard mbuf.makeHeadroom(max(0, growth)) else { return (.noHeadroom, false) }
        // The bytes may be elsewhere by now.
        MutableIPv6Header(validated: mbuf.data + start).decrementHopLimit()
        mbuf.moveStart(by: -growth)
        if tags.byteCount > 0 { tags.write(to: mbuf.data) }
        nextHop.pointee.writeAddresses(to: mbuf.data)
        mbuf.shorten(to: length &+ Int(tags.byteCount))
        return (nil, length > largest)
    }
}
