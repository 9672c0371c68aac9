// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

/// An address of an interface with the network that it is on.
public struct InterfaceAddress: Hashable, Sendable {
    public let address: IPAddress
    /// 0 to 32, or 0 to 128.
    public let prefixLength: Int

    public init(address: IPAddress, prefixLength: Int) {
        self.address = address
        self.prefixLength = prefixLength
    }

    public var network: IPPrefix { IPPrefix(containing: address, length: prefixLength) }
}

/// What an interface is to itself: what it answers for, and how long its packets may be.
public struct LocalInterface: Hashable, Sendable {
    /// In the order of the configuration, but for that of its link.
    public let addresses: [InterfaceAddress]
    /// Nil without IPv6.
    public let linkLocal: IPv6Address?
    /// Those of IPv6 that somebody else may have, as far as is known (RFC 4862, 5.4): they are not used.
    public let tentative: Set<IPv6Address>
    /// The longest packet.
    public let mtu: Int
    public let sourceDemand: SourceDemand
    /// Whether routers are asked for here, and answer (RFC 4861, 6.2).
    public let advertises: Bool
    /// Hosts on its link that are on no network of it.
    public let peers: Set<IPAddress>
    /// The number of its VRF; 0 for the main one.
    public let vrf: UInt16

    public init(
        addresses: [InterfaceAddress], linkLocal: IPv6Address? = nil,
        tentative: Set<IPv6Address> = [], mtu: Int, sourceDemand: SourceDemand = .none,
        advertises: Bool = false, peers: Set<IPAddress> = [], vrf: UInt16 = 0
    ) {
        self.addresses = addresses
        self.linkLocal = linkLocal
        self.tentative = tentative
        self.mtu = mtu
        self.sourceDemand = sourceDemand
        self.advertises = advertises
        self.peers = peers
        self.vrf = vrf
    }
}

/// The interfaces' addresses and networks, for what is asked of one interface alone: a worker's table. Immutable.
struct LocalInterfaceTable {
    private struct Entry: BitwiseCopyable {
        let address: UInt32
        let mask: UInt32

        func holds(_ other: UInt32) -> Bool { (address ^ other) & mask == 0 }
    }

    private struct IPv6Entry: BitwiseCopyable {
        let address: IPv6Address
        let highMask: UInt64
        let lowMask: UInt64
        let isTentative: Bool
        /// All routers of the network have it.
        let isAnycast: Bool

        func holds(_ other: IPv6Address) -> Bool {
            (address.high ^ other.high) & highMask | (address.low ^ other.low) & lowMask == 0
        }
    }

    private struct Facts: BitwiseCopyable {
        let mtu: UInt16
        let vrf: UInt16
        let hasIPv6: Bool
        let advertises: Bool
    }

    /// By number, and one more: where the interface's entries begin.
    private let starts: UnsafeMutablePointer<UInt32>
    private let entries: UnsafeMutablePointer<Entry>
    /// The same of IPv6, of which the first is that of the link.
    private let ipv6Starts: UnsafeMutablePointer<UInt32>
    private let ipv6Entries: UnsafeMutablePointer<IPv6Entry>
    private let facts: UnsafeMutablePointer<Facts>
    /// Hosts on links that are on no network: of all interfaces, of which there are few.
    private let peers: UnsafeMutablePointer<NeighbourKey>
    private let peerCount: Int
    private let interfaceCount: Int
    /// Whether any interface has IPv6.
    let hasIPv6: Bool

    /// - Parameter interfaces: by their numbers.
    init(_ interfaces: [UInt16: LocalInterface]) {
        interfaceCount = interfaces.keys.max().map { Int($0) + 1 } ?? 0
        var starts: [UInt32] = [0]
        var entries: [Entry] = []
        var ipv6Starts: [UInt32] = [0]
        var ipv6Entries: [IPv6Entry] = []
        for number in 0..<interfaceCount {
            let interface = interfaces[UInt16(number)]
            for own in interface?.addresses ?? [] {
                guard let address = own.address.ipv4 else { continue }
                entries.append(
                    Entry(
                        address: address.rawValue,
                        mask: own.prefixLength == 0 ? 0 : ~0 << UInt32(32 - own.prefixLength)))
            }
            ipv6Entries += interface.map(Self.ipv6Entries) ?? []
            starts.append(UInt32(entries.count))
            ipv6Starts.append(UInt32(ipv6Entries.count))
        }
        self.starts = linesOf(starts)
        self.entries = linesOf(entries)
        self.ipv6Starts = linesOf(ipv6Starts)
        self.ipv6Entries = linesOf(ipv6Entries)
        facts = linesOf(
            (0..<interfaceCount).map { number in
                let interface = interfaces[UInt16(number)]
                return Facts(
                    mtu: UInt16(clamping: interface?.mtu ?? .max), vrf: interface?.vrf ?? 0,
                    hasIPv6: interface?.linkLocal != nil,
                    advertises: interface?.advertises == true)
            })
        let peers = interfaces.flatMap { number, interface in
            interface.peers.map { NeighbourKey(interface: number, address: $0) }
        }
        self.peers = linesOf(peers)
        peerCount = peers.count
        hasIPv6 = interfaces.contains { $0.value.linkLocal != nil }
    }

    private static func ipv6Entries(_ interface: LocalInterface) -> [IPv6Entry] {
        guard let linkLocal = interface.linkLocal else { return [] }
        func entry(_ address: IPv6Address, _ length: Int, isAnycast: Bool = false) -> IPv6Entry {
            IPv6Entry(
                address: address,
                highMask: length == 0 ? 0 : ~0 << UInt64(max(0, 64 - length)),
                lowMask: length <= 64 ? 0 : ~0 << UInt64(128 - length),
                isTentative: interface.tentative.contains(address), isAnycast: isAnycast)
        }
        let global = interface.addresses.compactMap { own in
            own.address.ipv6.map { ($0, own) }
        }
        return [entry(linkLocal, 10)] + global.map { entry($0, $1.prefixLength) }
            + global.filter { $1.prefixLength <= 126 }.compactMap { _, own in
                own.network.address.ipv6.map { entry($0, own.prefixLength, isAnycast: true) }
            }
    }

    func free() {
        facts.deallocate()
        starts.deallocate()
        entries.deallocate()
        ipv6Starts.deallocate()
        ipv6Entries.deallocate()
        peers.deallocate()
    }

    /// Whether a host that is on no network of the interface is on its link. Cold path.
    func hasPeer(_ address: IPAddress, _ interface: UInt16) -> Bool {
        let key = NeighbourKey(interface: interface, address: address)
        return UnsafeBufferPointer(start: peers, count: peerCount).contains(key)
    }

    private func entries(of interface: UInt16) -> UnsafeBufferPointer<Entry> {
        guard Int(interface) < interfaceCount else {
            return UnsafeBufferPointer(start: nil, count: 0)
        }
        let first = Int(starts[Int(interface)])
        return UnsafeBufferPointer(
            start: entries + first, count: Int(starts[Int(interface) + 1]) - first)
    }

    private func ipv6Entries(of interface: UInt16) -> UnsafeBufferPointer<IPv6Entry> {
        guard Int(interface) < interfaceCount else {
            return UnsafeBufferPointer(start: nil, count: 0)
        }
        let first = Int(ipv6Starts[Int(interface)])
        return UnsafeBufferPointer(
            start: ipv6Entries + first, count: Int(ipv6Starts[Int(interface) + 1]) - first)
    }

    /// The longest packet that leaves by the interface; any where nothing is known of it.
    func mtu(of interface: UInt16) -> Int {
        Int(interface) < interfaceCount ? Int(facts[Int(interface)].mtu) : .max
    }

    /// The number of the VRF that an interface belongs to; 0 for the main one.
    @inline(__always) func vrf(of interface: UInt16) -> UInt16 {
        Int(interface) < interfaceCount ? facts[Int(interface)].vrf : 0
    }

    @inline(__always) func hasIPv6(_ interface: UInt16) -> Bool {
        Int(interface) < interfaceCount && facts[Int(interface)].hasIPv6
    }

    func advertises(_ interface: UInt16) -> Bool {
        Int(interface) < interfaceCount && facts[Int(interface)].advertises
    }

    /// Whether the interface has the address.
    func owns(_ address: IPv4Address, _ interface: UInt16) -> Bool {
        entries(of: interface).contains { $0.address == address.rawValue }
    }

    /// Whether the address is on a network of the interface.
    func isOnLink(_ address: IPv4Address, _ interface: UInt16) -> Bool {
        entries(of: interface).contains { $0.holds(address.rawValue) }
    }

    /// What an address of IPv6 is to an interface.
    enum Ownership {
        case none
        case own
        /// All routers of a network of the interface have it (RFC 4291, 2.6.1).
        case anycast
        /// Whether another host has it is not known yet.
        case tentative
    }

    func ownership(_ address: IPv6Address, _ interface: UInt16) -> Ownership {
        for entry in ipv6Entries(of: interface) where entry.address == address {
            return entry.isTentative ? .tentative : entry.isAnycast ? .anycast : .own
        }
        return .none
    }

    /// Whether the interface has the address, and it is used.
    func owns(_ address: IPv6Address, _ interface: UInt16) -> Bool {
        switch ownership(address, interface) {
        case .own, .anycast: true
        case .none, .tentative: false
        }
    }

    /// Whether the interface listens to a group: all nodes, all routers, and those in which its addresses are asked for
    /// (RFC 4291, 2.8).
    func listens(to group: IPv6Address, _ interface: UInt16) -> Bool {
        if group == .allNodes || group == .allRouters { return hasIPv6(interface) }
        guard group.isSolicitedNode else { return false }
        return ipv6Entries(of: interface).contains { ($0.address.low ^ group.low) & 0xff_ffff == 0 }
    }

    /// Whether the address is on a network of the interface, or its link.
    func isOnLink(_ address: IPv6Address, _ interface: UInt16) -> Bool {
        ipv6Entries(of: interface).contains { $0.holds(address) }
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

    /// The same for IPv6: an address of the same scope where there is one, on the same network before others (RFC 6724, 5,
    /// rules 2 and 8).
    func source(on interface: UInt16, toward address: IPv6Address) -> IPv6Address? {
        let isOfLink = address.isLinkLocal || address.isMulticast
        var first: IPv6Address?
        for entry in ipv6Entries(of: interface)
        where !entry.isTentative && !entry.isAnycast && entry.address.isLinkLocal == isOfLink {
            if entry.holds(address) { return entry.address }
            first = first ?? entry.address
        }
        return first
    }
}
