// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Packets whose next hop has no MAC yet: they wait with the worker that owns the bucket of that host, which has the
/// control plane ask for it, and go on at Route once there is an answer, or none. Worker's thread; cold path.
extension WorkerState {
    /// The host that a packet is for, on a network of ours.
    @inline(__always) func key(at position: Int, _ glean: NextHop) -> NeighbourKey {
        NeighbourKey(
            interface: glean.interface,
            address: destination(at: position))
    }

    /// Where a packet goes: known behind the validation.
    @inline(__always) func destination(at position: Int) -> IPAddress {
        isIPv6
            ? IPAddress(metadata.ipv6Destinations[position])
            : IPAddress(IPv4Address(rawValue: metadata.destinations[position]))
    }

    /// The entry of the host that a packet is for, on a network of ours; nil where nothing is known of it.
    @inline(__always)
    func host(at position: Int, _ glean: NextHop) -> UnsafeMutablePointer<NextHop>? {
        neighbours.place(of: key(at: position, glean)).map { neighbours.entries + $0 }
    }

    /// The host that is the next hop of a packet.
    func neighbourKey(at position: Int, _ nextHop: NextHop) -> NeighbourKey {
        let number = Int(truncatingIfNeeded: metadata.nextHops[position])
        let isRoute = nextHop.kind != .glean && 0..<snapshot.pointee.nextHopCount ~= number
        return NeighbourKey(
            interface: nextHop.interface,
            address: isRoute
                ? snapshot.pointee.hostAddresses[number] : destination(at: position))
    }

    /// Says that a packet is about to leave to a host of which somebody wants to know that.
    func reportUse(of nextHop: UnsafeMutablePointer<NextHop>, at position: Int) {
        let header = burst[position].data + headerLength(at: position)
        let largest = Int(nextHop.largestFrame) &- EthernetHeader.byteCount
        if isIPv6 {
            let packet = MutableIPv6Header(validated: header)
            guard packet.hopLimit > 1, packet.totalLength <= largest else { return }
        } else {
            let packet = MutableIPv4Header(validated: header)
            guard packet.timeToLive > 1, !packet.dontFragment || packet.totalLength <= largest
            else { return }
        }
        reports?.add(NeighbourReport(.used, neighbourKey(at: position, nextHop.pointee)))
    }

    /// Has a packet wait for the MAC of its next hop. It stays in the burst until it is taken out.
    /// - Returns: false where nobody is asked for it.
    func wait<Observer: StageObserver>(
        for key: NeighbourKey, at position: Int, _ observer: inout Observer
    ) -> Bool {
        guard held != nil || explains else { return false }
        let mbuf = burst[position]
        if !isSecondHop { observer.noted(mbuf, by: .rewrite, .waits) }
        mbuf.port = inPort ?? mbuf.port
        mbuf.metadata.pointee.bucket = UInt32(key.bucket)
        mbuf.metadata.pointee.headerLength = UInt8(headerLength(at: position))
        mbuf.metadata.pointee.isMade = isMade
        mbuf.metadata.pointee.isInjected = false
        mbuf.metadata.pointee.host = key
        keepVRF(at: position)
        return true
    }

    /// Keeps frames that wait, or hands them on to the workers that do.
    mutating func keepWaiting<Observer: StageObserver>(_ observer: inout Observer) {
        guard held != nil else {
            // What is explained goes nowhere.
            tallies.add(Tallies.Slot.consumed, waiting.count)
            return waiting.removeAll()
        }
        var front = BurstPositions()
        front.insert(0)
        while !waiting.isEmpty {
            waiting.move(front, to: &one)
            // What waited here may wait for another host now, whose bucket may be another worker's.
            if handoff.isOwn(one[0].metadata.pointee.bucket, index) {
                keep(&observer)
            } else {
                handoff.handOn(&one, tallies)
            }
        }
    }

    /// Keeps the frame in `one`.
    private mutating func keep<Observer: StageObserver>(_ observer: inout Observer) {
        guard let held else { return }
        let mbuf = one[0]
        let key = mbuf.metadata.pointee.host
        let isAskedFor = held.pointee.isAskedFor(key)
        if !isAskedFor {
            let isAllowed = held.pointee.ask(
                for: key, rate: snapshot.pointee.requestsPerSecond, at: clock.time(of: mbuf),
                ticksPerSecond: clock.ticksPerSecond)
            let isTold = isAllowed && reports?.add(NeighbourReport(.wanted, key)) ?? false
            guard isTold else {
                if isAllowed { _ = held.pointee.forget(key) }
                return Self.drop(&one, tallies, by: .rewrite, because: .neighbourLimit, &observer)
            }
        }
        // A worker that stood still may have missed what became of the question: it is asked once more.
        if isAskedFor, neighbours.place(of: key) == nil {
            reports?.add(NeighbourReport(.wanted, key))
        }
        // What it waits for has come since it was looked up.
        if Self.isOver(key, neighbours) { looksAtAll = true }
        held.pointee.keep(lastOf: &one, for: key, displaced: &displaced)
        tallies.add(Tallies.Slot.parked, 1)
        guard !displaced.isEmpty else { return }
        tallies.add(Tallies.Slot.parked, -displaced.count)
        Self.drop(&displaced, tallies, by: .rewrite, because: .neighbourQueueFull, &observer)
    }

    /// Whether there is news that frames may wait for.
    var mayRelease: Bool {
        guard held != nil else { return false }
        return looksAtAll || neighbours.generation != heldGeneration
    }

    /// Has the frames go on whose next hop is known by now, or given up.
    mutating func releaseHeld<Observer: StageObserver>(_ observer: inout Observer) {
        guard let held else { return }
        let neighbours = neighbours
        let generation = min(neighbours.generation, newsEnd)
        while !looksAtAll, heldGeneration != generation {
            guard let key = neighbours.news(of: heldGeneration) else {
                looksAtAll = true
                break
            }
            heldGeneration &+= 1
            if held.pointee.isAskedFor(key), Self.isOver(key, neighbours) {
                release(key, &observer)
            }
        }
        guard looksAtAll else { return }
        looksAtAll = false
        heldGeneration = generation
        for number in HeldFrames.hostNumbers {
            // Whoever is forgotten has the next one in its place.
            while let key = held.pointee.host(number), Self.isOver(key, neighbours) {
                release(key, &observer)
            }
        }
    }

    private mutating func release<Observer: StageObserver>(
        _ key: NeighbourKey, _ observer: inout Observer
    ) {
        guard let held, held.pointee.forget(key) else { return }
        held.pointee.take(key, into: &goingOn)
        tallies.add(Tallies.Slot.parked, -goingOn.count)
        goOn(&observer)
    }

    private static func isOver(_ key: NeighbourKey, _ neighbours: NeighbourTable.Reader) -> Bool {
        guard let place = neighbours.place(of: key) else { return false }
        let entry = neighbours.entries + place
        return entry.largestFrame > 0 || entry.pointee.kind.isFailed
    }

    /// Frames of the control plane's leave; those that other workers passed on wait here.
    @inline(never)
    mutating func continueFrames<Observer: StageObserver>(_ observer: inout Observer) {
        goingOn.append(contentsOf: &burst)
        var front = BurstPositions()
        front.insert(0)
        while !goingOn.isEmpty {
            if goingOn[0].metadata.pointee.isInjected {
                goingOn.move(front, to: &burst)
                sendInjected(&observer)
            } else {
                goingOn.move(front, to: &one)
                keep(&observer)
            }
        }
    }

    /// Has the frames in `goingOn` go on, one after the other: their next hop is looked up again.
    private mutating func goOn<Observer: StageObserver>(_ observer: inout Observer) {
        let wasSecondHop = isSecondHop
        var front = BurstPositions()
        front.insert(0)
        while !goingOn.isEmpty {
            goingOn.move(front, to: &burst)
            let mbuf = burst[0]
            if clock.isVirtual {
                mbuf.metadata.pointee.time = max(stepTime, mbuf.metadata.pointee.time)
            }
            observer.resumed(mbuf, at: stepPlace)
            route(mbuf, &observer)
        }
        isSecondHop = wasSecondHop
    }

    private mutating func sendInjected<Observer: StageObserver>(_ observer: inout Observer) {
        let mbuf = burst[0]
        if snapshot.pointee.ports[Int(mbuf.port & 31)].vlans != 0 {
            interfaces.sent(
                mbuf.metadata.pointee.interface, frames: 1, bytes: mbuf.frameLength)
        }
        tallies.add(Tallies.Slot.generated, 1)
        answers.append(contentsOf: &burst)
        sendMade(&observer)
    }

    /// Walks the one frame of the burst from Route on.
    private mutating func route<Observer: StageObserver>(
        _ mbuf: MbufReference, _ observer: inout Observer
    ) {
        let start = Int(mbuf.metadata.pointee.headerLength)
        inPort = nil
        isTagged = false
        isExact = false
        unproven = BurstPositions()
        isMade = mbuf.metadata.pointee.isMade
        isSecondHop = true
        if start != EthernetHeader.byteCount { noteHeaderLength(start, at: 0) }
        isIPv6 = Self.isIPv6(mbuf, from: start)
        noteDestination(at: 0)
        recallVRFs()
        burstBytes = burst.byteCount
        walk(from: road.route, &observer)
        isMade = false
        isIPv6 = false
        if !dropped.isEmpty { dropped.removeAll() }
        if hasMade { sendMade(&observer) }
    }

    /// Drops what waits: the worker is about to return.
    mutating func abandonHeld() {
        guard let held else { return }
        var isMore = true
        while isMore {
            isMore = held.pointee.takeAny(into: &displaced)
            tallies.add(Tallies.Slot.parked, -displaced.count)
            tallies.drop(displaced, by: nil, because: .shutdown)
            displaced.removeAll()
        }
    }
}

extension StageNote {
    /// That a packet waits for the MAC of its next hop, which the route stage has told.
    fileprivate static let waits = StageNote(0)
}
