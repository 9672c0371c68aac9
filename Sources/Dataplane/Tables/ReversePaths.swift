// SPDX-License-Identifier: Apache-2.0

/// What an interface asks of the sources of packets that come in by it.
public enum SourceDemand: UInt8, Sendable {
    case none
    /// Packets to them would leave by some interface.
    case loose
    /// They would leave by this one.
    case strict
}

/// By which interfaces packets leave that have an entry of the next-hop table, for checks of sources: those of all members
/// of a group. Empty where no interface asks for that.
struct ReversePaths {
    /// Whether any interface asks.
    let areChecked: Bool
    /// By the number of an interface.
    private let demands: UnsafeMutablePointer<UInt8>
    private let demandCount: Int
    /// By the number of an entry, and one more: where its interfaces begin.
    private let starts: UnsafeMutablePointer<UInt32>
    private let interfaces: UnsafeMutablePointer<UInt16>

    /// - Parameter demands: by the interfaces' numbers.
    init(_ demands: [UInt16: SourceDemand], _ nextHops: NextHopTable) {
        areChecked = demands.contains { $0.value != .none }
        demandCount = areChecked ? Int(demands.keys.max() ?? 0) + 1 : 0
        self.demands = linesOf((0..<demandCount).map { (demands[UInt16($0)] ?? .none).rawValue })
        var starts: [UInt32] = [0]
        var interfaces: [UInt16] = []
        for number in nextHops.entries.indices where areChecked {
            interfaces += Set(Self.entries(of: number, nextHops).map(\.interface)).sorted()
            starts.append(UInt32(interfaces.count))
        }
        self.starts = linesOf(starts)
        self.interfaces = linesOf(interfaces)
    }

    /// Those that packets of an entry may leave by.
    private static func entries(of number: Int, _ nextHops: NextHopTable) -> [NextHop] {
        let numbers = nextHops.slots(ofGroup: number).map { Set($0) } ?? [UInt16(number)]
        return numbers.map { nextHops.entries[Int($0)] }
            .filter { $0.kind.isForward || $0.kind == .glean }
    }

    func free() {
        demands.deallocate()
        starts.deallocate()
        interfaces.deallocate()
    }

    @inline(__always) func demand(of interface: UInt16) -> SourceDemand {
        guard Int(interface) < demandCount else { return .none }
        return SourceDemand(rawValue: demands[Int(interface)]) ?? .none
    }

    /// - Parameters:
    ///   - entry: the number that the source's longest prefix names.
    ///   - interface: by which the packet came in.
    @inline(__always) func verdict(
        _ entry: UInt16, _ interface: UInt16, _ demand: SourceDemand
    ) -> SourceCheckNote.Verdict {
        var index = Int(starts[Int(entry)])
        let end = Int(starts[Int(entry) &+ 1])
        if index == end { return .isUnreachable }
        if demand != .strict { return .passes }
        while index < end {
            if interfaces[index] == interface { return .passes }
            index &+= 1
        }
        return .isElsewhere
    }
}
