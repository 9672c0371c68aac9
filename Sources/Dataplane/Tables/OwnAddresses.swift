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

    public init(hosts: Set<IPv4Address> = [], broadcasts: Set<IPv4Address> = []) {
        self.hosts = hosts
        self.broadcasts = broadcasts
    }
}

/// `OwnAddresses` as workers read them: a table by which nearly all packets are told to have none, and the
/// sorted addresses for the others.
struct AddressTable {
    let ordinary: OrdinaryAddresses
    private let bytes: UnsafeMutablePointer<UInt8>
    /// In host order: the hosts, then the broadcasts, each sorted.
    private let addresses: UnsafeMutablePointer<UInt32>
    private let hostCount: Int
    private let count: Int

    init(_ own: OwnAddresses) {
        let sorted = [own.hosts, own.broadcasts].flatMap { $0.map(\.rawValue).sorted() }
        bytes = linesOf(OrdinaryAddresses.table(without: own.hosts.union(own.broadcasts)))
        addresses = linesOf(sorted)
        ordinary = OrdinaryAddresses(bytes)
        hostCount = own.hosts.count
        count = sorted.count
    }

    func free() {
        bytes.deallocate()
        addresses.deallocate()
    }

    /// Whether the forwarder itself has the address.
    func holds(host address: IPv4Address) -> Bool { holds(address, from: 0, to: hostCount) }

    /// Whether the forwarder has the address, or all hosts of one of its networks have.
    func holds(_ address: IPv4Address) -> Bool {
        holds(host: address) || holds(address, from: hostCount, to: count)
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
