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

/// `OwnAddresses` of all VRFs as workers read them: a table by which nearly all packets are told to have none of any VRF, and
/// the sorted addresses of each for the others.
struct AddressTable {
    let ordinary: OrdinaryAddresses
    let ordinaryIPv6: OrdinaryIPv6Addresses
    private let bytes: UnsafeMutablePointer<UInt8>
    private let ipv6Bytes: UnsafeMutablePointer<UInt8>
    /// By number; the last has no address.
    private let tables: UnsafeMutablePointer<OfVRF>
    private let count: Int

    /// - Parameter own: by the VRFs' numbers.
    init(_ own: [UInt16: OwnAddresses]) {
        let all = own.values
        let addresses = all.reduce(into: Set<IPv4Address>()) {
            $0.formUnion($1.hosts)
            $0.formUnion($1.broadcasts)
        }
        let ofIPv6 = all.reduce(into: Set<IPv6Address>()) {
            $0.formUnion($1.ipv6Hosts)
            $0.formUnion($1.ipv6Anycasts)
        }
        bytes = linesOf(OrdinaryAddresses.table(without: addresses))
        ordinary = OrdinaryAddresses(bytes)
        ipv6Bytes = linesOf(OrdinaryIPv6Addresses.table(without: ofIPv6))
        ordinaryIPv6 = OrdinaryIPv6Addresses(ipv6Bytes)
        count = own.keys.max().map { Int($0) + 1 } ?? 0
        tables = linesOf((0...count).map { OfVRF(own[UInt16($0)] ?? OwnAddresses()) })
    }

    @inline(__always) subscript(vrf: UInt16) -> OfVRF { tables[min(Int(vrf), count)] }

    func free() {
        bytes.deallocate()
        ipv6Bytes.deallocate()
        for index in 0...count { tables[index].free() }
        tables.deallocate()
    }

    /// The addresses of one VRF.
    struct OfVRF: BitwiseCopyable {
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
            addresses = linesOf(sorted)
            ipv6Addresses = linesOf(own.ipv6Hosts.sorted() + own.ipv6Anycasts.sorted())
            ipv6HostCount = own.ipv6Hosts.count
            ipv6Count = ipv6HostCount + own.ipv6Anycasts.count
            hostCount = own.hosts.count
            count = sorted.count
        }

        fileprivate func free() {
            addresses.deallocate()
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
}
