// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Checks the IPv4 header as a router must (RFC 1812, 5.2.2 and 5.3.7): version, lengths, checksum,
/// and addresses that cannot be routed.
enum ValidateIPv4 {
    @inline(never)
    static func process<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        let destinations = worker.metadata.destinations
        let tallies = worker.tallies
        worker.burst.keep(movingOthersTo: &worker.dropped) { mbuf, _, position in
            if let destination = plainDestination(mbuf) {
                destinations[position] = destination.rawValue
                return true
            }
            guard let reason = defect(mbuf, destinations + position) else { return true }
            tallies.drop(mbuf, by: .validateIPv4, because: reason)
            observer.dropped(mbuf, by: .validateIPv4, because: reason)
            return false
        }
    }

    /// Nearly every packet: nothing in it needs a closer look.
    @inline(__always)
    private static func plainDestination(_ mbuf: MbufReference) -> IPv4Address? {
        guard mbuf.dataLength >= EthernetHeader.byteCount &+ IPv4Header.minimumByteCount else {
            return nil
        }
        let frame = UnsafeRawPointer(mbuf.data)
        // The group bit of a MAC address is the lowest bit of the first byte.
        guard frame.load(as: UInt8.self) & 1 == 0 else { return nil }
        return IPv4Header.plainDestination(
            frame + EthernetHeader.byteCount,
            packetLength: mbuf.frameLength &- EthernetHeader.byteCount)
    }

    /// All tests, one after the other; nil for a packet that passes them, whose destination it notes.
    /// Out of line, so that the loop over plain packets stays small.
    @inline(never)
    private static func defect(
        _ mbuf: MbufReference, _ destination: UnsafeMutablePointer<UInt32>
    ) -> DropReason? {
        let frame = FrameBytes(mbuf.data, count: mbuf.dataLength)
        guard let header = IPv4Header(frame.dropFirst(EthernetHeader.byteCount)) else {
            return .truncatedFrame
        }
        guard header.version == 4 else { return .badVersion }
        let headerLength = header.headerLength
        guard headerLength >= IPv4Header.minimumByteCount, headerLength <= header.bytes.count else {
            return .badHeaderLength
        }
        // The frame's length and not the first segment's: a packet may lie in several.
        let packetLength = mbuf.frameLength &- EthernetHeader.byteCount
        guard header.totalLength >= headerLength, header.totalLength <= packetLength else {
            return .badTotalLength
        }
        guard header.isChecksumValid else { return .badChecksum }
        guard isOrdinary(header.source) else { return .martianSource }
        guard isOrdinary(header.destination) else {
            return header.destination.isMulticast ? .multicast : .martianDestination
        }
        destination.pointee = header.destination.rawValue
        let ethernet = EthernetHeader(frame)
        return ethernet?.destination.isGroup == true ? .linkLayerBroadcast : nil
    }

    private static func isOrdinary(_ address: IPv4Address) -> Bool {
        IPv4Header.isOrdinary(firstByte: UInt8(truncatingIfNeeded: address.rawValue >> 24))
    }
}
