// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// The interfaces, and which of them a frame belongs to: by its port and the VLAN identifiers of its tags.
///
/// One tag is looked up in an array of the port, two in a sorted list of all ports.
struct InterfaceTable: @unchecked Sendable {
    /// By number.
    let entries: UnsafeMutablePointer<InterfaceEntry>
    /// Whether any interface is one of tagged frames.
    let hasVLANs: Bool
    /// For no port, and for each that has VLANs: an array of 4,096 numbers. `PortEntry.vlans` says which.
    private let singles: UnsafeMutablePointer<UInt16>
    /// Sorted: port, outer and inner identifier, and the number in the low 16 bits.
    private let doubles: UnsafeMutablePointer<UInt64>
    private let doubleCount: Int

    private static let vlanCount = 4_096
    /// The most that `Match.headerLength` can be: a priority tag, and two of the interface's.
    static let longestHeader = EthernetHeader.byteCount + 3 * VLANTag.byteCount

    /// - Parameters:
    ///   - interfaces: by number; a port that has none here is an interface without a peer.
    ///   - ports: by DPDK's index; learn which array is theirs.
    init(_ interfaces: [UInt16: InterfaceEntry], _ ports: UnsafeMutablePointer<PortEntry>) {
        let highest = max(Port.limit - 1, interfaces.keys.max().map(Int.init) ?? 0)
        entries = linesOf(
            (0...highest).map {
                interfaces[UInt16($0)] ?? InterfaceEntry(port: UInt16($0 & (Port.limit - 1)))
            })
        let tagged = interfaces.filter { $0.value.outerVLAN != nil }
        hasVLANs = !tagged.isEmpty
        var arrays = 1
        for port in Set(tagged.values.map(\.port)) {
            ports[Int(port)].vlans = UInt8(arrays)
            arrays += 1
        }
        singles = linesOf([UInt16](repeating: InterfaceEntry.none, count: arrays * Self.vlanCount))
        var pairs: [UInt64] = []
        for (number, interface) in tagged {
            guard let outer = interface.outerVLAN else { continue }
            if let inner = interface.innerVLAN {
                pairs.append(Self.key(interface.port, outer, inner) | UInt64(number))
            } else {
                let array = Int(ports[Int(interface.port)].vlans)
                singles[array * Self.vlanCount + Int(outer)] = number
            }
        }
        doubles = linesOf(pairs.sorted())
        doubleCount = pairs.count
    }

    func free() {
        entries.deallocate()
        singles.deallocate()
        doubles.deallocate()
    }

    /// The interface of frames with one tag; `InterfaceEntry.none` where the port has none.
    /// - Parameter identifier: below 4,096.
    @inline(__always) func single(_ identifier: UInt16, of port: PortEntry) -> UInt16 {
        singles[Int(port.vlans) &* Self.vlanCount &+ Int(identifier)]
    }

    private func double(_ outer: UInt16, _ inner: UInt16, of port: UInt16) -> UInt16? {
        let key = Self.key(port, outer, inner)
        var (low, high) = (0, doubleCount)
        while low < high {
            let middle = (low &+ high) / 2
            if doubles[middle] < key { low = middle &+ 1 } else { high = middle }
        }
        guard low < doubleCount, doubles[low] >> 16 == key >> 16 else { return nil }
        return UInt16(truncatingIfNeeded: doubles[low])
    }

    private static func key(_ port: UInt16, _ outer: UInt16, _ inner: UInt16) -> UInt64 {
        UInt64(port) << 40 | UInt64(outer) << 28 | UInt64(inner) << 16
    }

    /// What a frame's tags say of it.
    struct Match {
        /// The number of the interface.
        let interface: UInt16
        /// The Ethernet header and the interface's tags; an EtherType ends it.
        let headerLength: Int
    }

    /// The interface that has the most of a frame's tags, from the outer one on. A first tag that names no VLAN, but
    /// only a priority, counts as the interface's (IEEE 802.1Q, 6.9.1). Cold path.
    /// - Parameters:
    ///   - frame: with a whole Ethernet header, unless all frames of the port are its interface's.
    ///   - port: DPDK's index.
    /// - Returns: nil for tags that no interface of the port has, and for a frame that ends in them.
    func match(_ frame: FrameBytes, from port: UInt16, _ entry: PortEntry) -> Match? {
        guard !entries[Int(port)].takesTags else {
            return Match(interface: port, headerLength: EthernetHeader.byteCount)
        }
        var end = EthernetHeader.byteCount
        if let tag = Self.tag(frame, behind: end), tag.identifier == 0 {
            end += VLANTag.byteCount
        }
        guard let outer = Self.tag(frame, behind: end) else {
            let isTag = frame.uint16(at: end - 2).map { EtherType(rawValue: $0).isVLAN } ?? true
            return isTag ? nil : Match(interface: port, headerLength: end)
        }
        end += VLANTag.byteCount
        if let inner = Self.tag(frame, behind: end), inner.type == .vlan,
            let number = double(outer.identifier, inner.identifier, of: port),
            entries[Int(number)].tags.outerType == outer.type,
            frame.count >= end + VLANTag.byteCount
        {
            return Match(interface: number, headerLength: end + VLANTag.byteCount)
        }
        let number = single(outer.identifier, of: entry)
        guard number != InterfaceEntry.none, entries[Int(number)].tags.outerType == outer.type,
            frame.count >= end
        else { return nil }
        return Match(interface: number, headerLength: end)
    }

    /// Whether a frame that gets the tags of an interface, in front of what stays behind a header of so many bytes, is
    /// that interface's at the other end: a tag that stays may not make it another one's. Cold path.
    /// - Parameter outPort: the interface's.
    func keepsApart(
        _ frame: FrameBytes, behind end: Int, _ interface: InterfaceEntry, _ outPort: PortEntry
    ) -> Bool {
        guard outPort.vlans != 0, let type = frame.uint16(at: end - 2),
            EtherType(rawValue: type).isVLAN
        else { return true }
        guard let outer = interface.outerVLAN else { return false }
        guard interface.innerVLAN == nil, type == EtherType.vlan.rawValue,
            let tag = Self.tag(frame, behind: end)
        else { return true }
        let other = double(outer, tag.identifier, of: interface.port)
        return other.map { entries[Int($0)].outerType != interface.outerType } ?? true
    }

    /// The tag whose type ends a header of so many bytes.
    private static func tag(_ frame: FrameBytes, behind end: Int) -> VLANTag? {
        VLANTag(frame.dropFirst(end - 2))
    }
}
