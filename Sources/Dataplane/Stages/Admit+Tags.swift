// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Frames of ports with VLANs: most have one tag, or none.
extension Admit {
    /// Nearly every frame: it has one tag, which is an interface's, or none, and a plain IPv4 header. Says where the
    /// packet begins, and counts for the interface.
    @inline(never)
    static func admitPlainOrTagged<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer, _ ordinary: OrdinaryAddresses
    ) {
        let ports = worker.snapshot.pointee.ports
        let interfaces = worker.snapshot.pointee.interfaces
        let counters = worker.interfaces
        let destinations = worker.metadata.destinations
        let headerLengths = worker.metadata.headerLengths
        var others = BurstPositions()
        var padding: UInt = 0
        var tagBytes = 0
        var run = InterfaceRun()
        for index in 0..<worker.burst.count {
            let mbuf = worker.burst[index]
            let number = (worker.inPort ?? mbuf.port) & 31
            let port = ports + Int(number)
            headerLengths[index] = UInt8(EthernetHeader.byteCount)
            guard let found = interface(of: mbuf, number, port, interfaces),
                mbuf.dataLength >= found.headerLength &+ IPv4Header.minimumByteCount,
                let plain = IPv4Header.plain(
                    UnsafeRawPointer(mbuf.data) + found.headerLength,
                    packetLength: mbuf.frameLength &- found.headerLength, ordinary)
            else {
                others.insert(index)
                continue
            }
            headerLengths[index] = UInt8(truncatingIfNeeded: found.headerLength)
            tagBytes |= found.headerLength &- EthernetHeader.byteCount
            destinations[index] = plain.destination.rawValue
            padding |= plain.padding
            if port.pointee.vlans != 0 {
                run.add(found.interface, bytes: mbuf.frameLength) {
                    counters.received($0, frames: $1, bytes: $2)
                }
            }
            observer.noted(
                mbuf, by: .admit,
                found.headerLength == EthernetHeader.byteCount
                    ? StageNote(.ownAddress) : StageNote(.ownAddress, taggedFor: found.interface))
        }
        run.end { counters.received($0, frames: $1, bytes: $2) }
        worker.unproven = others
        worker.isTagged = tagBytes != 0
        worker.isExact = others.isEmpty && padding == 0
    }

    /// The interface of a frame for the port's own MAC with IPv4 behind one tag, or none; nil for all others.
    @inline(__always) private static func interface(
        of mbuf: MbufReference, _ number: UInt16, _ port: UnsafeMutablePointer<PortEntry>,
        _ interfaces: InterfaceTable
    ) -> InterfaceTable.Match? {
        guard mbuf.dataLength >= EthernetHeader.byteCount &+ VLANTag.byteCount else { return nil }
        let frame = UnsafeRawPointer(mbuf.data)
        let start = UInt64(littleEndian: frame.loadUnaligned(as: UInt64.self))
        guard start << 16 == port.pointee.startOfFrame else { return nil }
        let type = UInt16(littleEndian: frame.loadUnaligned(fromByteOffset: 12, as: UInt16.self))
        if type == EtherType.ipv4.rawValue.byteSwapped {
            return InterfaceTable.Match(interface: number, headerLength: EthernetHeader.byteCount)
        }
        // What is no tag has a type that no interface has.
        let identifier =
            UInt16(bigEndian: frame.loadUnaligned(fromByteOffset: 14, as: UInt16.self)) & 0xfff
        let interface = interfaces.single(identifier, of: port.pointee)
        guard interface != InterfaceEntry.none,
            interfaces.entries[Int(interface)].outerType == type,
            UInt16(bigEndian: frame.loadUnaligned(fromByteOffset: 16, as: UInt16.self))
                == EtherType.ipv4.rawValue
        else { return nil }
        return InterfaceTable.Match(
            interface: interface,
            headerLength: EthernetHeader.byteCount &+ VLANTag.byteCount)
    }
}
