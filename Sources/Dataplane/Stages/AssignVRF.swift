// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Says of each packet which VRF it is in: that of the interface that it came in by. On the road where there are several.
enum AssignVRF {
    @inline(never)
    static func process<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        let vrfs = worker.metadata.vrfs
        let local = worker.snapshot.pointee.localInterfaces
        var union: UInt16 = 0
        for index in 0..<worker.burst.count {
            let mbuf = worker.burst[index]
            let vrf = local.vrf(of: interface(of: mbuf, worker.headerLength(at: index), worker))
            vrfs[index] = vrf
            union |= vrf
            observer.noted(mbuf, by: .assignVRF, StageNote(vrf: vrf))
        }
        worker.areInVRFs = union != 0
    }

    /// The number of the interface that a frame came in by, which Admit let in: nearly all have one tag, or none.
    @inline(__always) private static func interface(
        of mbuf: MbufReference, _ headerLength: Int, _ worker: borrowing WorkerState
    ) -> UInt16 {
        let port = (worker.inPort ?? mbuf.port) & 31
        if headerLength == EthernetHeader.byteCount { return port }
        if headerLength == EthernetHeader.byteCount &+ VLANTag.byteCount {
            let tag = UInt16(
                bigEndian: mbuf.data.loadUnaligned(fromByteOffset: 14, as: UInt16.self))
            let number = worker.snapshot.pointee.interfaces.single(
                tag & 0xfff, of: worker.snapshot.pointee.ports[Int(port)])
            if number != InterfaceEntry.none { return number }
        }
        return worker.interfaceIn(of: mbuf) ?? port
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
