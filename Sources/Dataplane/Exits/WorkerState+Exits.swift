// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Frames that a worker makes of others, whose buffers they have: messages about packets that go no further, and answers.
/// Worker's thread; cold path.
extension WorkerState {
    /// Drops a frame, and makes it the message about that where there is to be one. It stays in the burst until it is
    /// taken out.
    /// - Parameters:
    ///   - mtu: that of the way out, where the packet is longer.
    ///   - pointer: the byte of its header that is wrong, where one is.
    /// - Returns: whether it is a message now, which goes on at Route.
    func refuse<Observer: StageObserver>(
        at position: Int, by stage: Stage, because reason: DropReason, mtu: Int = 0,
        pointer: UInt8 = 0, _ observer: inout Observer
    ) -> Bool {
        drop(at: position, by: stage, because: reason, &observer)
        guard !isMade else { return false }
        if isIPv6 {
            return ICMPv6ErrorMessage(reason, mtu: mtu).map {
                replaceIPv6(at: position, by: $0, of: stage, &observer)
            } ?? false
        }
        guard let message = ErrorMessage(reason, mtu: mtu, pointer: pointer) else {
            return false
        }
        return replace(at: position, by: message, of: stage, &observer)
    }

    /// Has a frame that was dropped be the message about that, where it may be.
    private func replace<Observer: StageObserver>(
        at position: Int, by message: ErrorMessage, of stage: Stage,
        _ observer: inout Observer
    ) -> Bool {
        let mbuf = burst[position]
        let start = headerLength(at: position)
        let frame = FrameBytes(mbuf.data, count: mbuf.dataLength)
        let vrf = vrf(at: position)
        guard let packet = IPv4Header(frame.dropFirst(start)) else { return false }
        // Routes may lead to an own address of another VRF.
        let end = snapshot.pointee.lastVRF(to: packet.destination, from: vrf)
        let own = snapshot.pointee.ownAddresses[end]
        guard message.mayBeAbout(packet),
            // Nothing is said about what is for many (RFC 1812, 4.3.2.7).
            own.holds(host: packet.destination) || !own.holds(packet.destination),
            let interface = interfaceIn(of: mbuf),
            let source = source(toward: packet.source, in: vrf, or: interface),
            isAllowed(mbuf, interface),
            // What a host says of a packet for it comes from the address that it was for (RFC 1122, 3.2.2).
            message.replace(
                mbuf, from: start,
                by: own.holds(host: packet.destination) ? packet.destination : source)
        else { return false }
        tallies.add(Tallies.Slot.generated, 1)
        observer.became(mbuf, by: stage)
        return true
    }

    /// Takes a packet that is for us. It stays in the burst until it is taken out.
    func takeLocal<Observer: StageObserver>(
        at position: Int, by stage: Stage, _ observer: inout Observer
    ) -> LocalOutcome {
        if isIPv6 { return takeLocalIPv6(at: position, by: stage, &observer) }
        return answer(at: position, by: stage, &observer) ? .made : .gone
    }

    /// Answers a packet that is for us, or drops it. It stays in the burst until it is taken out.
    /// - Returns: whether it is an answer now, which goes on at Route.
    private func answer<Observer: StageObserver>(
        at position: Int, by stage: Stage, _ observer: inout Observer
    ) -> Bool {
        let mbuf = burst[position]
        let objection =
            isMade
            ? .localNotHandled : EchoReply.replace(mbuf, from: headerLength(at: position))
        guard let objection else {
            noteAnswer(mbuf, by: stage, &observer)
            return true
        }
        drop(at: position, by: stage, because: objection, &observer)
        guard objection == .localNotHandled, !isMade else { return false }
        return refuseUnclaimed(at: position, by: stage, &observer)
    }

    /// Says of a packet for us, which was dropped, that nobody takes it, where that is to be said.
    private func refuseUnclaimed<Observer: StageObserver>(
        at position: Int, by stage: Stage, _ observer: inout Observer
    ) -> Bool {
        let mbuf = burst[position]
        let start = headerLength(at: position)
        let frame = FrameBytes(mbuf.data, count: mbuf.dataLength)
        guard let packet = IPv4Header(frame.dropFirst(start)) else { return false }
        unclaimed.count(packet)
        guard let message = ErrorMessage(unclaimed: packet, in: mbuf, from: start) else {
            return false
        }
        return replace(at: position, by: message, of: stage, &observer)
    }

    /// The ledger has a question that ends here, and an answer that begins.
    func noteAnswer<Observer: StageObserver>(
        _ mbuf: MbufReference, by stage: Stage, _ observer: inout Observer
    ) {
        tallies.add(Tallies.Slot.consumed, 1)
        tallies.add(Tallies.Slot.generated, 1)
        observer.became(mbuf, by: stage)
    }

    /// The number of the interface that a frame came in by, which has not been changed; nil for a frame that no stage
    /// would have let in.
    func interfaceIn(of mbuf: MbufReference) -> UInt16? {
        let port = (inPort ?? mbuf.port) & 31
        let frame = FrameBytes(mbuf.data, count: mbuf.dataLength)
        return snapshot.pointee.interfaces.match(
            frame, from: port, snapshot.pointee.ports[Int(port)])?.interface
    }

    /// The address of the interface that packets to another one leave by (RFC 1812, 4.3.2.4), else of the one that was
    /// asked by; nil where they leave by none.
    private func source(
        toward address: IPv4Address, in vrf: UInt16, or interface: UInt16
    ) -> IPv4Address? {
        guard let number = snapshot.pointee.lookUp(address, in: vrf), let out = wayOut(number)
        else { return nil }
        let addresses = snapshot.pointee.localInterfaces
        return addresses.source(on: out, toward: address)
            ?? addresses.source(on: interface, toward: address)
    }

    /// The number of the interface by which packets leave that get an entry: of several next hops that of the first; nil
    /// where they leave by none.
    func wayOut(_ number: UInt16) -> UInt16? {
        var entry = snapshot.pointee.nextHops[Int(number)]
        if entry.kind == .group {
            entry =
                snapshot.pointee.nextHops[
                    Int(snapshot.pointee.members[Int(entry.firstMember)])]
        }
        return entry.kind == .drop ? nil : entry.interface
    }

    /// Gives a message of our own the address of the interface that it leaves by (RFC 1812, 4.3.2.4), which is known now that
    /// one of several next hops was chosen. Answers keep theirs.
    func setSource(at position: Int, _ nextHop: NextHop) {
        let frame = MutableFrameBytes(burst[position].data, count: burst[position].dataLength)
        let packet = frame.dropFirst(headerLength(at: position))
        guard let header = MutableIPv4Header(packet),
            let ip = IPv4Header(packet.readOnly), ip.protocol == .icmp,
            let message = ICMPHeader(packet.readOnly.dropFirst(ip.headerLength)),
            message.type.isError,
            // What was for us is told of by the address that it was for.
            IPv4Header(message.payload)?.destination != ip.source,
            let source = snapshot.pointee.localInterfaces.source(
                on: nextHop.interface, toward: ip.destination,
                by: neighbourKey(at: position, nextHop).address.ipv4), source != ip.source
        else { return }
        packet.store(source.rawValue, at: 12)
        header.writeChecksum()
    }

    func isAllowed(_ mbuf: MbufReference, _ interface: UInt16) -> Bool {
        // Who explains sends nothing.
        guard let errorLimits else { return true }
        let rate = snapshot.pointee.errorsPerSecond
        let share = ErrorShares.share(rate: rate, workers: handoff.workerCount)
        guard errorShares?.allows(interface, share: share) ?? true else { return false }
        let isAllowed = errorLimits.allow(
            interface,
            bucket: bucketOfWhole ?? FlowBucket.of(mbuf.data, length: mbuf.dataLength),
            rate: rate, at: clock.time(of: mbuf),
            ticksPerSecond: clock.ticksPerSecond)
        if isAllowed { errorShares?.use(interface) }
        return isAllowed
    }

    /// Takes frames out of the pipeline: some have ended, others are packets of our own now, for Route.
    mutating func takeOut(_ gone: BurstPositions, made: BurstPositions) {
        takeOut(gone)
        let made = made.closingUp(without: gone)
        if made.isEmpty { return }
        var rest = made
        while let position = rest.popFirst() { keepVRF(at: position) }
        close(made)
        if isIPv6 {
            burst.move(made, to: &madeOfIPv6)
        } else {
            burst.move(made, to: &self.made)
        }
        hasMade = true
    }

    /// The same; others wait for the MACs of their next hops.
    mutating func takeOut<Observer: StageObserver>(
        _ gone: BurstPositions, made: BurstPositions, waiting: BurstPositions,
        _ observer: inout Observer
    ) {
        takeOut(gone, made: made)
        if waiting.isEmpty { return }
        let waiting = waiting.closingUp(without: gone)
            .closingUp(without: made.closingUp(without: gone))
        close(waiting)
        burst.move(waiting, to: &self.waiting)
        keepWaiting(&observer)
    }

    /// Takes frames out of the pipeline: some have ended, others are answers, which leave by the ports that they came in
    /// by.
    /// - Parameter isRouted: whether anything is known beyond Route.
    mutating func takeOut(
        _ gone: BurstPositions, answers: BurstPositions, isRouted: Bool = false
    ) {
        takeOut(gone, isRouted: isRouted)
        let answers = answers.closingUp(without: gone)
        if answers.isEmpty { return }
        close(answers, isRouted: isRouted)
        burst.move(answers, to: &self.answers)
        hasMade = true
    }

    /// Sends what was made of frames of a burst, once the burst has left.
    @inline(never)
    mutating func sendMade<Observer: StageObserver>(_ observer: inout Observer) {
        if !wholes.isEmpty || !wholesOfIPv6.isEmpty { answerWholes(&observer) }
        hasMade = false
        // What is made here is on its first hop, whatever it was made of.
        let wasSecondHop = isSecondHop
        isSecondHop = false
        defer { isSecondHop = wasSecondHop }
        if !answers.isEmpty { sendAnswers(&observer) }
        if !made.isEmpty {
            burst.append(contentsOf: &made)
            routeMade(&observer)
        }
        if !madeOfIPv6.isEmpty {
            burst.append(contentsOf: &madeOfIPv6)
            isIPv6 = true
            routeMade(&observer)
            isIPv6 = false
        }
    }

    /// Walks a burst of packets of our own from Route on.
    private mutating func routeMade<Observer: StageObserver>(_ observer: inout Observer) {
        inPort = nil
        isTagged = false
        isExact = true
        unproven = BurstPositions()
        for index in 0..<burst.count { noteDestination(at: index) }
        recallVRFs()
        burstBytes = burst.byteCount
        isMade = true
        walk(from: road.route, &observer)
        isMade = false
        if !dropped.isEmpty { dropped.removeAll() }
    }

    private mutating func sendAnswers<Observer: StageObserver>(_ observer: inout Observer) {
        burst.append(contentsOf: &answers)
        outPorts = 0
        for index in 0..<burst.count {
            metadata.outPorts[index] = burst[index].port
            outPorts |= 1 << UInt32(burst[index].port & 31)
        }
        burstBytes = burst.byteCount
        observer.entered(.transmit, burst)
        Transmit.process(&self, &observer)
    }
}
