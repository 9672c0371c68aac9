// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Frames that cross from interface to interface.
extension CrossConnect {
    /// Out of line, like all of it: ports that are joined as a whole do not come here.
    @inline(never)
    static func crossByTags<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        let ports = worker.snapshot.pointee.ports
        let interfaces = worker.snapshot.pointee.interfaces.entries
        let outPortOf = worker.metadata.outPorts
        var outPorts: UInt32 = 0
        var gone = BurstPositions()
        for index in 0..<worker.burst.count {
            let mbuf = worker.burst[index]
            var choice: CrossConnectChoice?
            let objection = cross(
                mbuf, from: (worker.inPort ?? mbuf.port) & 31, worker, &choice)
            if let choice { observer.noted(mbuf, by: .crossConnect, StageNote(choice)) }
            if let objection {
                worker.drop(at: index, by: .crossConnect, because: objection, &observer)
                gone.insert(index)
                continue
            }
            guard let to = choice?.to else { continue }
            let port = interfaces[Int(to)].port
            outPortOf[index] = port
            outPorts |= 1 &<< UInt32(port)
            if ports[Int(port)].vlans != 0 {
                worker.interfaces.sent(to, frames: 1, bytes: mbuf.frameLength)
            }
        }
        worker.takeOut(gone)
        worker.outPorts = outPorts
        worker.burstBytes = worker.burst.byteCount
        observer.reached(.stage(.transmit))
        Transmit.process(&worker, &observer)
    }

    /// Gives the frame the tags of the interface that it crosses to, or says why it goes no further.
    /// - Parameter choice: the interfaces, as far as they are known.
    private static func cross(
        _ mbuf: MbufReference, from port: UInt16, _ worker: borrowing WorkerState,
        _ choice: inout CrossConnectChoice?
    ) -> DropReason? {
        let entry = worker.snapshot.pointee.ports[Int(port)]
        let interfaces = worker.snapshot.pointee.interfaces
        // Tags in one piece, and those behind them that count for the length; a whole port's frames cross as they are.
        mbuf.gather(InterfaceTable.longestHeader + 2 * VLANTag.byteCount)
        let frame = FrameBytes(mbuf.data, count: mbuf.dataLength)
        let header = EthernetHeader(frame)
        guard header != nil || interfaces.entries[Int(port)].takesTags else {
            return entry.isLinkUp ? .truncatedFrame : .linkDown
        }
        guard let match = interfaces.match(frame, from: port, entry) else {
            guard entry.isLinkUp else { return .linkDown }
            let isCut = header.map { VLANStack($0).end == .truncated } ?? false
            return isCut ? .truncatedFrame : .unknownVLAN
        }
        let from = interfaces.entries[Int(match.interface)]
        choice = CrossConnectChoice(from: match.interface, to: from.peer)
        if entry.vlans != 0 {
            worker.interfaces.received(match.interface, frames: 1, bytes: mbuf.frameLength)
        }
        guard from.peer != InterfaceEntry.none else { return from.obstacle }
        let tagBytes = match.headerLength &- EthernetHeader.byteCount
        guard !from.isTooLong(mbuf, tagBytes: tagBytes) else { return .exceedsMTU }
        let to = interfaces.entries[Int(from.peer)]
        let outPort = worker.snapshot.pointee.ports[Int(to.port)]
        guard interfaces.keepsApart(frame, behind: match.headerLength, to, outPort) else {
            return .unknownVLAN
        }
        guard tagBytes > 0 || to.tags.byteCount > 0 else { return nil }
        guard header != nil else { return .truncatedFrame }
        guard mbuf.makeHeadroom(max(0, Int(to.tags.byteCount) &- tagBytes)) else {
            return .noHeadroom
        }
        replaceTags(of: mbuf, tagBytes, from.tags.byteCount > 4, by: to.tags)
        return nil
    }

    /// The priorities stay (IEEE 802.1Q, 6.9.3): that of the first tag becomes that of the new one, and where both
    /// interfaces have two tags that of the second, too.
    private static func replaceTags(
        of mbuf: MbufReference, _ tagBytes: Int, _ hasInner: Bool, by tags: VLANTags
    ) {
        let old = UnsafeRawPointer(mbuf.data)
        let low = old.loadUnaligned(as: UInt64.self)
        let high = old.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
        func priority(at offset: Int) -> UInt8 { old.load(fromByteOffset: offset, as: UInt8.self) }
        let outer = tagBytes > 0 ? priority(at: EthernetHeader.byteCount) : 0
        // In front of the type that ends the tags.
        let inner = hasInner ? priority(at: EthernetHeader.byteCount &+ tagBytes &- 4) : 0
        mbuf.moveStart(by: tagBytes &- Int(tags.byteCount))
        let new = mbuf.data
        if tags.byteCount > 0 { tags.write(to: new, priority: outer, inner: inner) }
        new.storeBytes(of: low, as: UInt64.self)
        new.storeBytes(of: high, toByteOffset: 8, as: UInt32.self)
    }
}
