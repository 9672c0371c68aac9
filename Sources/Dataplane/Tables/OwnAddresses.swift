// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

/// The forwarder's own addresses, and the broadcast addresses of its networks: no packet of another host
/// comes from one of these (RFC 1812, 4.2.2.11 and 5.3.7). Control thread; workers read the `AddressTable`
/// that follows from it.
public struct OwnAddresses: Equatable, Sendable {
    /// What the forwarder is addressed by.
    public var hosts: Set<IPv4Address>
    /// Those of networks of up to 30 bits (RFC 3021) that are no host's own.
    public var broadcasts: Set<IPv4Address>
    /// What it is addressed by in IPv6, but for addresses of links.
    public var ipv6Hosts: Set<IPv6Address>
    /// Those of its networks that all routers of each have (RFC 4291, 2.6.1).
    public var ipv6Anycasts: Set<IPv6Address>

    public init(
        hosts: Set<IPv4Address> = [], broadcasts: Set<IPv4Address> = [],
        ipv6Hosts: Set<IPv6Address> = [], ipv6Anycasts: Set<IPv6Address> = []
    ) {
        self.hosts = hosts
        self.broadcasts = broadcasts
        self.ipv6Hosts = ipv6Hosts
        self.ipv6Anycasts = ipv6Anycasts
    }
}

/// `OwnAddresses` as workers read them: a table by which nearly all packets are told to have none, and the
/// sorted addresses for the others.
struct AddressTable {
    let ordinary: OrdinaryAddresses
    let ordinaryIPv6: OrdinaryIPv6Addresses
    private let bytes: UnsafeMutablePointer<UInt8>
    private let ipv6Bytes: UnsafeMutablePointer<UInt8>
    /// The hosts, then the anycasts, each sorted.
    private let ipv6Addresses: UnsafeMutablePointer<IPv6Address>
    private let ipv6HostCount: Int
    private let ipv6Count: Int
    /// In host order: the hosts, then the broadcasts, each sorted.
    private let addresses: UnsafeMutablePointer<UInt32>
    private let hostCount: Int
    private let count: Int

    init(_ own: OwnAddresses) {
        let sorted = [own.hosts, own.broadcasts].flatMap { $0.map(\.rawValue).sorted() }
        bytes = linesOf(OrdinaryAddresses.table(without: own.hosts.union(own.broadcasts)))
        addresses = linesOf(sorted)
        ipv6Bytes = linesOf(
            OrdinaryIPv6Addresses.table(without: own.ipv6Hosts.union(own.ipv6Anycasts)))
        ordinaryIPv6 = OrdinaryIPv6Addresses(ipv6Bytes)
        ipv6Addresses = linesOf(own.ipv6Hosts.sorted() + own.ipv6Anycasts.sorted())
        ipv6HostCount = own.ipv6Hosts.count
        ipv6Count = ipv6HostCount + own.ipv6Anycasts.count
        ordinary = OrdinaryAddresses(bytes)
        hostCount = own.hosts.count
        count = sorted.count
    }

    func free() {
        bytes.deallocate()
        addresses.deallocate()
        ipv6Bytes.deallocate()
        ipv6Addresses.deallocate()
    }

    /// Whether the forwarder itself has the address.
    func holds(host address: IPv4Address) -> Bool { holds(address, from: 0, to: hostCount) }

    /// Whether the forwarder has the address, or all hosts of one of its networks have.
    func holds(_ address: IPv4Address) -> Bool {
        holds(host: address) || holds(address, from: hostCount, to: count)
    }

    /// Whether the forwarder itself has the address, by whatever interface, and alone.
    func holds(host address: IPv6Address) -> Bool { holds(address, from: 0, to: ipv6HostCount) }

    /// Whether the forwarder has the address, or all routers of one of its networks have.
    func holds(_ address: IPv6Address) -> Bool {
        holds(host: address) || holds(address, from: ipv6HostCount, to: ipv6Count)
    }

    /// The first of its addresses of IPv6; nil where it has none.
    var anyIPv6Host: IPv6Address? { ipv6HostCount > 0 ? ipv6Addresses[0] : nil }

    private func holds(_ address: IPv6Address, from start: Int, to end: Int) -> Bool {
        var (low, high) = (start, end)
        while low < high {
            let middle = (low &+ high) / 2
            if ipv6Addresses[middle] < address { low = middle &+ 1 } else { high = middle }
        }
        return low < end && ipv6Addresses[low] == address
    }

    private func holds(_ address: IPv4Address, from start: Int, to end: Int) -> Bool {
        var (low, high) = (start, end)
        while low < high {
            let middle = (low &+ high) / 2
            if addresses[middle] < address.rawValue { low = middle &+ 1 } else { high = middle }
        }
        return low < end && addresses[low] == address.rawValue
    }
}
