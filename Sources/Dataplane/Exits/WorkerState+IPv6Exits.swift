// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// What becomes of packets of IPv6 that end here.
extension WorkerState {
    /// What a packet for us has become.
    enum LocalOutcome {
        /// A packet of our own, for Route.
        case made
        /// A frame that leaves by the port that it came in by.
        case answer
        /// Nothing: it was dropped, or has done what it came for.
        case gone
    }

    /// Takes a packet that is for us. It stays in the burst until it is taken out.
    func takeLocalIPv6<Observer: StageObserver>(
        at position: Int, by stage: Stage, _ observer: inout Observer
    ) -> LocalOutcome {
        let mbuf = burst[position]
        let start = headerLength(at: position)
        mbuf.gather(start + LocalIPv6Packet.mostBytes)
        let frame = FrameBytes(mbuf.data, count: mbuf.dataLength)
        guard !isMade, let packet = IPv6Header(frame.dropFirst(start)),
            let interface = interfaceIn(of: mbuf)
        else {
            drop(at: position, by: stage, because: .localNotHandled, &observer)
            return .gone
        }
        switch LocalIPv6Packet.end(of: packet) {
        case .upperLayer(let layer):
            return take(layer, of: packet, at: position, interface, by: stage, &observer)
        case .problem(let problem):
            drop(at: position, by: stage, because: .badExtensionHeader, &observer)
            return replaceIPv6(
                at: position, by: ICMPv6ErrorMessage(problem), of: stage, &observer)
                ? .made : .gone
        case .discarded:
            drop(at: position, by: stage, because: .badExtensionHeader, &observer)
        case .fragment(let header, _):
            // One that can be no part of a datagram, or of another one that was put together.
            drop(at: position, by: stage, because: .badFragment, &observer)
            guard bucketOfWhole == nil,
                let problem = DatagramPart.problem(packet, fragmentHeader: header),
                replaceIPv6(at: position, by: ICMPv6ErrorMessage(problem), of: stage, &observer)
            else { return .gone }
            return .made
        }
        return .gone
    }

    private func take<Observer: StageObserver>(
        _ layer: LocalIPv6Packet.UpperLayer, of packet: IPv6Header, at position: Int,
        _ interface: UInt16, by stage: Stage, _ observer: inout Observer
    ) -> LocalOutcome {
        let mbuf = burst[position]
        let start = headerLength(at: position)
        if layer.protocol == .icmpv6,
            let message = ICMPv6Header(packet.bytes.dropFirst(layer.offset))
        {
            if NeighbourDiscovery.has(message.type) {
                return discover(layer, at: position, interface, by: stage, &observer)
            }
            if message.type == .listenerQuery, packet.source.isLinkLocal, packet.hopLimit == 1 {
                reports?.add(
                    NeighbourReport(
                        .queried,
                        NeighbourKey(interface: interface, address: IPAddress(packet.source))))
                observer.left(mbuf, by: .consumed(by: stage))
                tallies.add(Tallies.Slot.consumed, 1)
                return .gone
            }
            if message.type == .echoRequest, message.code == 0,
                let source = ownSource(ofAnswerTo: packet, interface, vrf(at: position))
            {
                let objection = ICMPv6EchoReply.replace(
                    mbuf, from: start, message: layer.offset, by: source)
                guard let objection else {
                    mbuf.metadata.pointee.interface = interface
                    noteAnswer(mbuf, by: stage, &observer)
                    return .made
                }
                drop(at: position, by: stage, because: objection, &observer)
                return .gone
            }
        }
        unclaimed.count(packet, layer)
        drop(at: position, by: stage, because: .localNotHandled, &observer)
        let message = ICMPv6ErrorMessage(unclaimed: layer, of: packet, in: mbuf, from: start)
        guard let message else { return .gone }
        return replaceIPv6(at: position, by: message, of: stage, &observer) ? .made : .gone
    }

    private func discover<Observer: StageObserver>(
        _ layer: LocalIPv6Packet.UpperLayer, at position: Int, _ interface: UInt16,
        by stage: Stage, _ observer: inout Observer
    ) -> LocalOutcome {
        let mbuf = burst[position]
        let port = (inPort ?? mbuf.port) & 31
        // None of these comes in parts (RFC 6980, 5).
        guard bucketOfWhole == nil else {
            drop(at: position, by: stage, because: .badNeighbourDiscovery, &observer)
            return .gone
        }
        switch NeighbourDiscovery.take(
            mbuf, from: headerLength(at: position), layer, interface, self)
        {
        case .answer:
            mbuf.port = port
            if snapshot.pointee.ports[Int(port)].vlans != 0 {
                interfaces.sent(interface, frames: 1, bytes: mbuf.frameLength)
            }
            noteAnswer(mbuf, by: stage, &observer)
            return .answer
        case .learnt:
            observer.left(mbuf, by: .consumed(by: stage))
            tallies.add(Tallies.Slot.consumed, 1)
        case .drop(let reason): drop(at: position, by: stage, because: reason, &observer)
        }
        return .gone
    }

    /// Has a frame that was dropped be the message about that, where it may be.
    func replaceIPv6<Observer: StageObserver>(
        at position: Int, by message: ICMPv6ErrorMessage, of stage: Stage,
        _ observer: inout Observer
    ) -> Bool {
        let mbuf = burst[position]
        let start = headerLength(at: position)
        mbuf.gather(start + LocalIPv6Packet.mostBytes)
        let frame = FrameBytes(mbuf.data, count: mbuf.dataLength)
        guard let packet = IPv6Header(frame.dropFirst(start)), message.mayBeAbout(packet),
            let interface = interfaceIn(of: mbuf),
            let source = ownSource(ofAnswerTo: packet, interface, vrf(at: position)),
            isAllowed(mbuf, interface), message.replace(mbuf, from: start, by: source)
        else { return false }
        mbuf.metadata.pointee.interface = interface
        tallies.add(Tallies.Slot.generated, 1)
        observer.became(mbuf, by: stage)
        return true
    }

    /// The address from which a packet is answered: the one that it was for, where that is ours alone, else one of the
    /// interface that packets to its source leave by (RFC 4443, 2.2). Nil where there is none.
    private func ownSource(
        ofAnswerTo packet: IPv6Header, _ interface: UInt16, _ vrf: UInt16
    ) -> IPv6Address? {
        let (source, destination) = (packet.source, packet.destination)
        let local = snapshot.pointee.localInterfaces
        // Routes may lead to an own address of another VRF.
        let own = snapshot.pointee.ownAddresses[
            snapshot.pointee.lastVRF(to: destination, from: vrf)]
        guard source.isUnicast else { return nil }
        if own.holds(host: destination) || local.ownership(destination, interface) == .own {
            return destination
        }
        if source.isLinkLocal { return local.source(on: interface, toward: source) }
        guard let number = snapshot.pointee.lookUp(source, in: vrf), let out = wayOut(number)
        else { return nil }
        return local.source(on: out, toward: source)
            ?? local.source(on: interface, toward: source) ?? own.anyIPv6Host
    }
}
