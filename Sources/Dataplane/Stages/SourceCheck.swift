// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Drops packets whose source is not where they come from, on interfaces that ask for that: no route leads there, or none
/// by the interface that they came in by (unicast reverse path forwarding; RFC 3704, 2.2 to 2.4; RFC 1812, 5.3.8).
enum SourceCheck {
    /// Whether a packet would pass, where it is to be told of in front of this stage. Cold path.
    static func believes(_ mbuf: MbufReference, from start: Int, _ worker: borrowing WorkerState)
        -> Bool
    {
        guard worker.snapshot.pointee.options.contains(.sourceCheck),
            let interface = worker.interfaceIn(of: mbuf)
        else { return true }
        let paths = worker.snapshot.pointee.reversePaths
        let demand = paths.demand(of: interface)
        if demand == .none { return true }
        let source = MutableIPv4Header(validated: mbuf.data + start).source
        let vrf = worker.snapshot.pointee.localInterfaces.vrf(of: interface)
        let entry = worker.snapshot.pointee.lookUp(source, in: vrf) ?? 0
        return paths.verdict(entry, interface, demand) == .passes
    }

    @inline(never)
    static func process<Observer: StageObserver>(
        _ worker: inout WorkerState, _ observer: inout Observer
    ) {
        let paths = worker.snapshot.pointee.reversePaths
        var gone = BurstPositions()
        for position in 0..<worker.burst.count {
            let mbuf = worker.burst[position]
            let start = worker.headerLength(at: position)
            // Without tags the interface is the port.
            let isPlain = start == EthernetHeader.byteCount
            guard
                let interface = isPlain
                    ? (worker.inPort ?? mbuf.port) & 31 : worker.interfaceIn(of: mbuf)
            else { continue }
            let demand = paths.demand(of: interface)
            if demand == .none { continue }
            guard
                let number = entry(
                    ofSourceIn: mbuf.data + start, worker, worker.vrf(at: position))
            else { continue }
            let verdict = paths.verdict(number, interface, demand)
            observer.noted(
                mbuf, by: .sourceCheck, StageNote(verdict, demand, number: number, interface))
            if verdict != .passes {
                worker.drop(at: position, by: .sourceCheck, because: .sourceCheckFailed, &observer)
                gone.insert(position)
            }
        }
        worker.takeOut(gone, isRouted: false)
    }

    /// The entry that the longest prefix of a packet's source names; nil for a source that is of the link alone.
    @inline(__always)
    private static func entry(
        ofSourceIn header: UnsafeMutableRawPointer, _ worker: borrowing WorkerState, _ vrf: UInt16
    ) -> UInt16? {
        guard worker.isIPv6 else {
            let source = MutableIPv4Header(validated: header).source
            return worker.snapshot.pointee.lookUp(source, in: vrf)
        }
        let source = MutableIPv6Header(validated: header).source
        if source.isLinkLocal || source.isUnspecified { return nil }
        return worker.snapshot.pointee.lookUp(source, in: vrf)
    }
}

/// What the source check tells of a packet.
public struct SourceCheckNote: Sendable {
    public enum Verdict: UInt8, Sendable {
        case passes
        /// Packets to the source would be dropped.
        case isUnreachable
        /// They would not leave by the interface.
        case isElsewhere
    }

    public let verdict: Verdict
    public let demand: SourceDemand
    /// The entry of the next-hop table that the source's longest prefix names; 0 where there is none.
    public let entry: Int
    /// The number of the interface that the packet came in by.
    public let interface: UInt16

    /// - Parameter note: of the source check.
    public init?(_ note: StageNote) {
        guard let verdict = Verdict(rawValue: UInt8(truncatingIfNeeded: note.second)),
            let demand = SourceDemand(rawValue: UInt8(truncatingIfNeeded: note.second >> 8))
        else { return nil }
        self.verdict = verdict
        self.demand = demand
        entry = Int(note.first >> 16)
        interface = UInt16(truncatingIfNeeded: note.first)
    }
}

extension StageNote {
    @inline(__always) init(
        _ verdict: SourceCheckNote.Verdict, _ demand: SourceDemand, number: UInt16,
        _ interface: UInt16
    ) {
        self.init(
            UInt64(number) << 16 | UInt64(interface),
            UInt64(demand.rawValue) << 8 | UInt64(verdict.rawValue))
    }
}
