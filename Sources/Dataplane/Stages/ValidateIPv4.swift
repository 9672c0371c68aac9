// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Checks the IPv4 header as a router must (RFC 1812, 5.2.2 and 5.3.7): version, lengths, checksum,
/// and addresses that cannot be routed.
enum ValidateIPv4 {
    static func process<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        let tallies = worker.tallies
        worker.burst.keep(movingOthersTo: &worker.dropped) { mbuf, _ in
            guard let reason = verdict(mbuf) else { return true }
            tallies.drop(reason, bytes: mbuf.frameLength)
            observer.dropped(mbuf, by: .validateIPv4, because: reason)
            return false
        }
    }

    @inline(__always)
    private static func verdict(_ mbuf: MbufReference) -> DropReason? {
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
        let totalLength = header.totalLength
        guard totalLength >= headerLength, totalLength <= packetLength else {
            return .badTotalLength
        }
        guard header.isChecksumValid else { return .badChecksum }
        let source = header.source.rawValue
        let destination = header.destination.rawValue
        // The group bit of a MAC address is the lowest bit of the first byte.
        if isOrdinary(source), isOrdinary(destination), frame.base.load(as: UInt8.self) & 1 == 0 {
            return nil
        }
        return unusual(source, destination)
    }

    /// Outside 0/8, 127/8 and 224/3.
    @inline(__always)
    private static func isOrdinary(_ address: UInt32) -> Bool {
        let first = address >> 24
        return first &- 1 < 223 && first != 127
    }

    private static func unusual(_ source: UInt32, _ destination: UInt32) -> DropReason {
        if !isOrdinary(source) { return .martianSource }
        if isOrdinary(destination) { return .linkLayerBroadcast }
        return IPv4Address(rawValue: destination).isMulticast ? .multicast : .martianDestination
    }
}
