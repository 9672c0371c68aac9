// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

/// An own address of an interface, with its network.
public struct InterfaceAddress: Hashable, Sendable {
    public let address: IPv4Address
    /// 0 to 32.
    public let prefixLength: Int

    public init(address: IPv4Address, prefixLength: Int) {
        self.address = address
        self.prefixLength = prefixLength
    }
}

/// What the forwarder is on an interface, where it speaks for itself.
public struct LocalInterface: Hashable, Sendable {
    /// In the order of the configuration.
    public let addresses: [InterfaceAddress]
    /// The longest packet.
    public let mtu: Int
    public let sourceDemand: SourceDemand

    public init(addresses: [InterfaceAddress], mtu: Int, sourceDemand: SourceDemand = .none) {
        self.addresses = addresses
        self.mtu = mtu
        self.sourceDemand = sourceDemand
    }
}

/// The own addresses and the MTU by interface, as workers read them where they speak for themselves, or have packets wait.
struct LocalInterfaceTable {
    private struct Entry: BitwiseCopyable {
        let address: UInt32
        let mask: UInt32

        func holds(_ other: UInt32) -> Bool { (address ^ other) & mask == 0 }
    }

    /// By number, and one more: where the interface's entries begin.
    private let starts: UnsafeMutablePointer<UInt32>
    private let entries: UnsafeMutablePointer<Entry>
    private let mtus: UnsafeMutablePointer<UInt16>
    private let interfaceCount: Int

    /// - Parameter interfaces: by their numbers.
    init(_ interfaces: [UInt16: LocalInterface]) {
        interfaceCount = interfaces.keys.max().map { Int($0) + 1 } ?? 0
        var starts: [UInt32] = [0]
        var entries: [Entry] = []
        for number in 0..<interfaceCount {
            entries += (interfaces[UInt16(number)]?.addresses ?? []).map {
                Entry(
                    address: $0.address.rawValue,
                    mask: $0.prefixLength == 0 ? 0 : ~0 << UInt32(32 - $0.prefixLength))
            }
            starts.append(UInt32(entries.count))
        }
        self.starts = linesOf(starts)
        self.entries = linesOf(entries)
        mtus = linesOf(
            (0..<interfaceCount).map { UInt16(clamping: interfaces[UInt16($0)]?.mtu ?? .max) })
    }

    func free() {
        mtus.deallocate()
        starts.deallocate()
        entries.deallocate()
    }

    private func entries(of interface: UInt16) -> UnsafeBufferPointer<Entry> {
        guard Int(interface) < interfaceCount else {
            return UnsafeBufferPointer(start: nil, count: 0)
        }
        let first = Int(starts[Int(interface)])
        return UnsafeBufferPointer(
            start: entries + first, count: Int(starts[Int(interface) + 1]) - first)
    }

    /// The longest packet that leaves by the interface; any where nothing is known of it.
    func mtu(of interface: UInt16) -> Int {
        Int(interface) < interfaceCount ? Int(mtus[Int(interface)]) : .max
    }

    /// Whether the interface has the address.
    func owns(_ address: IPv4Address, _ interface: UInt16) -> Bool {
        entries(of: interface).contains { $0.address == address.rawValue }
    }

    /// Whether the address is on a network of the interface.
    func isOnLink(_ address: IPv4Address, _ interface: UInt16) -> Bool {
        entries(of: interface).contains { $0.holds(address.rawValue) }
    }

    /// The address by which the interface speaks to another one: on the network that both are on, else on that of the next
    /// hop, else its first (RFC 1812, 4.3.2.4). Nil where it has none.
    func source(
        on interface: UInt16, toward address: IPv4Address, by nextHop: IPv4Address? = nil
    ) -> IPv4Address? {
        let own = entries(of: interface)
        let near = own.first { entry in nextHop.map { entry.holds($0.rawValue) } ?? false }
        return (own.first { $0.holds(address.rawValue) } ?? near ?? own.first).map {
            IPv4Address(rawValue: $0.address)
        }
    }
}
