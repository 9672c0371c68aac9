// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Says of each packet which VRF it is in: that of the interface that it came in by. On the road where there are several.
enum AssignVRF {
    /// What is known of the frame before, which most often holds for the next one, too.
    private struct Row {
        /// The bytes behind the addresses; none have been looked at where this is 0.
        var word: UInt32 = 0
        var port = UInt16.max
        var vrf: UInt16 = 0
    }

    @inline(never)
    static func process<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        let vrfs = worker.metadata.vrfs
        let local = worker.snapshot.pointee.localInterfaces
        var row = Row()
        var union: UInt16 = 0
        for index in 0..<worker.burst.count {
            let mbuf = worker.burst[index]
            let port = (worker.inPort ?? mbuf.port) & 31
            let word =
                worker.isTagged
                ? UInt32(
                    littleEndian: mbuf.data.loadUnaligned(fromByteOffset: 12, as: UInt32.self)) : 1
            // Of two tags the inner one decides, too.
            if word != row.word || port != row.port
                || worker.headerLength(at: index) > EthernetHeader.byteCount &+ VLANTag.byteCount
            {
                let interface =
                    worker.headerLength(at: index) == EthernetHeader.byteCount
                    ? port : worker.interfaceIn(of: mbuf) ?? port
                row = Row(word: word, port: port, vrf: local.vrf(of: interface))
            }
            vrfs[index] = row.vrf
            union |= row.vrf
            observer.noted(mbuf, by: .assignVRF, StageNote(vrf: row.vrf))
        }
        worker.areInVRFs = union != 0
    }
}

extension WorkerState {
    /// The number of the VRF that a packet is in; 0 for the main one.
    @inline(__always) func vrf(at position: Int) -> UInt16 {
        areInVRFs ? metadata.vrfs[position] : 0
    }

    /// The entry that the longest prefix of a packet's destination names in a VRF.
    func lookUp(at position: Int, in vrf: UInt16) -> UInt16 {
        if isIPv6 {
            return snapshot.pointee.number(of: metadata.ipv6Destinations[position], in: vrf) ?? 0
        }
        let address = IPv4Address(rawValue: metadata.destinations[position])
        return snapshot.pointee.number(of: address, in: vrf) ?? 0
    }

    /// Notes the VRF of a frame that leaves its burst and comes back. Cold path.
    func keepVRF(at position: Int) {
        burst[position].metadata.pointee.vrf = vrf(at: position)
    }

    /// Has the VRFs of frames that come back. Cold path.
    mutating func recallVRFs() {
        guard snapshot.pointee.options.contains(.vrf) else {
            areInVRFs = false
            return
        }
        var union: UInt16 = 0
        for index in 0..<burst.count {
            let vrf = burst[index].metadata.pointee.vrf
            metadata.vrfs[index] = vrf
            union |= vrf
        }
        areInVRFs = union != 0
    }
}

extension StageNote {
    /// That a packet is in a VRF, or is looked up there from now on.
    @inline(__always) init(vrf: UInt16) { self.init(UInt64(vrf), 0) }
}

/// What a stage tells of the VRF that a packet is in.
public struct VRFNote: Sendable {
    public let vrf: UInt16

    /// - Parameter note: of AssignVRF.
    public init(_ note: StageNote) { vrf = UInt16(truncatingIfNeeded: note.first) }
}
