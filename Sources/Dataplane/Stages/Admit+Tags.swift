// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Frames of ports with VLANs: most have one tag, or none.
extension Admit {
    /// What is known of the frame before, which most often holds for the next one, too: frames come in rows of one
    /// interface.
    private struct Row {
        /// The bytes behind the addresses: a tag, or the EtherType and what follows it. None has been looked at where this is 0,
        /// which is no EtherType of a tag's or IPv4's.
        var word: UInt32 = 0
        var port: UInt16 = 0
        var interface = InterfaceEntry.none
        var headerLength = EthernetHeader.byteCount
    }

    /// Nearly every frame: it has one tag, which is an interface's, or none, and a plain IPv4 header. Says where the
    /// packet begins, and counts for the interface.
    @inline(never)
    static func admitPlainOrTagged<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer, _ ordinary: OrdinaryAddresses
    ) {
        let ports = worker.snapshot.pointee.ports
        if let inPort = worker.inPort {
            let number = inPort & 31
            let start = ports[Int(number)].startOfFrame
            admitRows(&worker, &observer, ordinary) { _ in (number, start) }
        } else {
            admitRows(&worker, &observer, ordinary) { mbuf in
                let number = mbuf.port & 31
                return (number, ports[Int(number)].startOfFrame)
            }
        }
    }

    @inline(__always) private static func admitRows<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer, _ ordinary: OrdinaryAddresses,
        port: (MbufReference) -> (number: UInt16, startOfFrame: UInt64)
    ) {
        let destinations = worker.metadata.destinations
        let headerLengths = worker.metadata.headerLengths
        let interfaces = worker.metadata.interfaces
        var others = BurstPositions()
        var padding: UInt = 0
        var tagBytes = 0
        var rows = 0
        var row = Row()
        for index in 0..<worker.burst.count {
            let mbuf = worker.burst[index]
            let (number, startOfFrame) = port(mbuf)
            let frame = UnsafeRawPointer(mbuf.data)
            guard
                mbuf.dataLength >= EthernetHeader.byteCount &+ VLANTag.byteCount
                    &+ IPv4Header.minimumByteCount,
                UInt64(littleEndian: frame.loadUnaligned(as: UInt64.self)) << 16 == startOfFrame
            else {
                others.insert(index)
                continue
            }
            let word = UInt32(
                littleEndian: frame.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
            if word != row.word || number != row.port {
                row = find(word, number, worker.snapshot)
                rows &+= 1
            }
            guard
                UInt16(
                    bigEndian: frame.loadUnaligned(
                        fromByteOffset: row.headerLength &- 2, as: UInt16.self))
                    == EtherType.ipv4.rawValue,
                let plain = IPv4Header.plain(
                    frame + row.headerLength, packetLength: mbuf.frameLength &- row.headerLength,
                    ordinary)
            else {
                others.insert(index)
                continue
            }
            headerLengths[index] = UInt8(truncatingIfNeeded: row.headerLength)
            interfaces[index] = row.interface
            tagBytes |= row.headerLength
            destinations[index] = plain.destination.rawValue
            padding |= plain.padding
            observer.noted(
                mbuf, by: .admit,
                row.headerLength == EthernetHeader.byteCount
                    ? StageNote(.ownAddress) : StageNote(.ownAddress, taggedFor: row.interface))
        }
        worker.unproven = others
        worker.isTagged = tagBytes & ~EthernetHeader.byteCount != 0
        worker.isExact = padding == 0
        // What the others are is not known: they begin like untagged frames until it is.
        var otherBytes = 0
        var rest = others
        while let index = rest.popFirst() {
            headerLengths[index] = UInt8(EthernetHeader.byteCount)
            otherBytes &+= worker.burst[index].frameLength
        }
        if rows > 1 {
            countRows(worker, others)
        } else if rows == 1, worker.snapshot.pointee.ports[Int(row.port)].vlans != 0 {
            worker.interfaces.received(
                row.interface, frames: worker.burst.count &- others.count,
                bytes: worker.burstBytes &- otherBytes)
        }
    }

    /// Counts frames of several interfaces.
    @inline(never)
    private static func countRows(_ worker: borrowing WorkerState, _ others: BurstPositions) {
        let ports = worker.snapshot.pointee.ports
        let entries = worker.snapshot.pointee.interfaces.entries
        for index in 0..<worker.burst.count where !others.contains(index) {
            let interface = worker.metadata.interfaces[index]
            guard ports[Int(entries[Int(interface)].port)].vlans != 0 else { continue }
            worker.interfaces.received(
                interface, frames: 1, bytes: worker.burst[index].frameLength)
        }
    }

    /// The interface of frames with one tag, or none. For others a row whose header ends in no IPv4, so that none of them
    /// is taken for its.
    @inline(never)
    private static func find(
        _ word: UInt32, _ number: UInt16, _ snapshot: UnsafePointer<Snapshot>
    ) -> Row {
        let port = snapshot.pointee.ports[Int(number)]
        let interfaces = snapshot.pointee.interfaces
        let type = UInt16(truncatingIfNeeded: word)
        var row = Row(word: word, port: number, interface: number)
        if type == EtherType.ipv4.rawValue.byteSwapped { return row }
        // What is no tag has a type that no interface has.
        let identifier = UInt16(truncatingIfNeeded: word >> 16).byteSwapped & 0xfff
        let interface = interfaces.single(identifier, of: port)
        guard interface != InterfaceEntry.none,
            interfaces.entries[Int(interface)].outerType == type
        else { return row }
        row.headerLength = EthernetHeader.byteCount &+ VLANTag.byteCount
        row.interface = interface
        return row
    }
}
