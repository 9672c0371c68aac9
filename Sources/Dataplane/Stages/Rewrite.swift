// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Makes the packet the next hop's: time to live and checksum (RFC 1812, 5.3.1; RFC 1624), MTU,
/// MAC addresses, the interface's tags in the place of those that it came with, and no padding behind the total length. What is
/// longer than the MTU and may be cut is noted for Transmit.
enum Rewrite {
    @inline(never)
    static func process<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        if worker.isIPv6 { return rewriteIPv6(&worker, &observer) }
        if worker.isMade { setSources(worker) }
        let others: BurstPositions
        // Three loops: most bursts have no tags on either side; and in one whose packets all end where their frames do,
        // which is known by now, no length has to be read again.
        let hasTags = worker.isTagged || worker.leavesByVLAN
        if hasTags {
            others = rewriteTagged(&worker)
        } else if worker.isExact {
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
        // Nothing was taken out of nearly every burst, and nothing shortened in it; of one with tags the bytes are known.
        let isKnown =
            others.isEmpty
            && (hasTags || (worker.isExact && worker.dropped.isEmpty && !worker.hasMade))
        if !isKnown { worker.burstBytes = worker.burst.byteCount }
    }

    @inline(never)
    private static func setSources(_ worker: borrowing WorkerState) {
        let nextHops = worker.snapshot.pointee.nextHops
        for index in 0..<worker.burst.count {
            let number = Int(truncatingIfNeeded: worker.metadata.nextHops[index])
            worker.setSource(at: index, nextHops[number])
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
        var others = BurstPositions()
        let first = (nextHops + Int(truncatingIfNeeded: chosen[0])).way
        var difference: UInt64 = 0
        for index in 0..<worker.burst.count {
            let mbuf = worker.burst[index]
            let nextHop = nextHops + Int(truncatingIfNeeded: chosen[index])
            let frame = mbuf.data
            let header = MutableIPv4Header(validated: frame + EthernetHeader.byteCount)
            guard fits(mbuf, nextHop.largestFrame), header.decrementPlainTimeToLive() else {
                others.insert(index)
                continue
            }
            nextHop.pointee.writeAddresses(to: frame)
            cut(mbuf)
            difference |= nextHop.way.word ^ first.word
        }
        leave(&worker, first, difference, others)
        return others
    }

    /// Says by which ports the packets leave, but for the others: nearly always by one.
    /// - Parameter difference: the bits in which their ways are not all alike.
    @inline(__always) static func leave(
        _ worker: inout WorkerState, _ way: NextHop.Way, _ difference: UInt64,
        _ others: BurstPositions
    ) {
        guard difference & NextHop.Way.mask == 0 else { return leaveByWays(&worker, others) }
        let count = worker.burst.count
        if !others.isEmpty { worker.metadata.outPorts.update(repeating: way.port, count: count) }
        worker.outPorts = others.count == count ? 0 : 1 &<< UInt32(way.port & 31)
        if way.isByVLAN {
            worker.interfaces.sent(
                way.interface, frames: count &- others.count, bytes: worker.burstBytes)
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
            outPorts |= 1 &<< UInt32(way.port & 31)
            if way.isByVLAN {
                run.add(
                    way.interface, bytes: worker.burst[index].frameLength, to: worker.interfaces)
            }
        }
        run.end(worker.interfaces)
        worker.outPorts = outPorts
    }

    @inline(never)
    static func rewriteOthers<Observer: StageObserver>(
        _ worker: inout WorkerState, _ positions: BurstPositions, _ observer: inout Observer
    ) {
        worker.tooLong = BurstPositions()
        let nextHops = worker.snapshot.pointee.nextHops
        var others = positions
        var gone = BurstPositions()
        var made = BurstPositions()
        var waiting = BurstPositions()
        while let position = others.popFirst() {
            let mbuf = worker.burst[position]
            let nextHop =
                nextHops + Int(truncatingIfNeeded: worker.metadata.nextHops[position])
            let start = worker.headerLength(at: position)
            let mtu = worker.snapshot.pointee.localInterfaces.mtu(of: nextHop.pointee.interface)
            let (reason, isTooLong) =
                worker.isIPv6
                ? rewriteIPv6(
                    mbuf, from: start, nextHop, mtu: mtu, cuts: worker.isMade && worker.cutsPackets)
                : rewrite(mbuf, from: start, nextHop, mtu: mtu, cuts: worker.cutsPackets)
            guard let reason else {
                worker.metadata.outPorts[position] = nextHop.pointee.port
                worker.outPorts |= 1 &<< UInt32(nextHop.pointee.port)
                if isTooLong {
                    worker.noteTooLong(at: position)
                } else if nextHop.pointee.kind.leavesByVLAN {
                    worker.interfaces.sent(
                        nextHop.pointee.interface, frames: 1, bytes: mbuf.frameLength)
                }
                continue
            }
            if reason == .noNeighbour, !nextHop.pointee.kind.isFailed,
                worker.wait(
                    for: worker.neighbourKey(at: position, nextHop.pointee), at: position, &observer
                )
            {
                waiting.insert(position)
                continue
            }
            let isMade = worker.refuse(
                at: position, by: .rewrite, because: reason,
                mtu: nextHop.pointee.mtu > 0 ? nextHop.pointee.mtu : mtu, &observer)
            if isMade { made.insert(position) } else { gone.insert(position) }
        }
        worker.takeOut(gone, made: made, waiting: waiting, &observer)
    }

    /// All tests, one after the other: rewrites the packet, or says why it cannot leave; and whether it has to leave in
    /// parts.
    /// - Parameters:
    ///   - start: where the packet begins.
    ///   - mtu: that of the interface, for a next hop that is not known.
    ///   - cuts: whether what is too long may leave in parts.
    private static func rewrite(
        _ mbuf: MbufReference, from start: Int, _ nextHop: UnsafeMutablePointer<NextHop>, mtu: Int,
        cuts: Bool
    ) -> (DropReason?, isTooLong: Bool) {
        let header = MutableIPv4Header(validated: mbuf.data + start)
        guard header.timeToLive > 1 else { return (.timeToLiveExpired, false) }
        let length = header.totalLength &+ EthernetHeader.byteCount
        let largest = Int(nextHop.largestFrame)
        // What may be cut leaves in parts.
        let mayBeCut = !header.dontFragment && cuts
        guard largest > 0 else {
            return (header.totalLength > mtu && !mayBeCut ? .exceedsMTU : .noNeighbour, false)
        }
        guard length <= largest || mayBeCut else { return (.exceedsMTU, false) }
        // Where it says that it ends behind the longest datagram, a part's offset would have no room.
        if length > largest, header.endsBeyondAll { return (.badFragment, false) }
        let tags = nextHop.pointee.tags
        let growth = Int(tags.byteCount) &- (start &- EthernetHeader.byteCount)
        guard mbuf.makeHeadroom(max(0, growth)) else { return (.noHeadroom, false) }
        // The bytes may be elsewhere by now.
        MutableIPv4Header(validated: mbuf.data + start).decrementTimeToLive()
        mbuf.moveStart(by: -growth)
        if tags.byteCount > 0 { tags.write(to: mbuf.data) }
        nextHop.pointee.writeAddresses(to: mbuf.data)
        mbuf.shorten(to: length &+ Int(tags.byteCount))
        return (nil, length > largest)
    }
}
