// SPDX-License-Identifier: Apache-2.0

import Dataplane
import FreewayConfiguration
import PacketHeaders

/// What interfaces bring into the forwarding table beside routes: their networks, the broadcast addresses of
/// these, their own addresses, and the neighbours behind them. Where a route names one of the prefixes
/// here, the prefix here wins.
struct OwnPrefixes {
    /// A neighbour with a configured MAC, and the interface that its network is on.
    struct Neighbour {
        let address: UInt32
        /// Its number in the table.
        let number: UInt16
        /// The number of the interface's network.
        let connected: UInt16
        let mac: MACAddress
        /// An index into the configuration's interfaces.
        let interface: Int
        /// Of the configuration; 0 for one that is in no file.
        let line: UInt32
    }

    /// Networks, broadcast addresses and own addresses, each with its number in the table.
    private(set) var values: [PrefixKey: UInt16] = [:]
    private(set) var broadcast: UInt16 = 0
    /// By address.
    private(set) var neighbours: [Neighbour] = []
    /// Networks that lie in no other, by address.
    private var networks: [PrefixKey] = []
    /// All networks.
    private(set) var allNetworks: Set<PrefixKey> = []
    /// What no packet can come from.
    private(set) var addresses = OwnAddresses()
    /// The numbers that are used here, each as often as it is.
    private(set) var uses: [UInt16] = []

    init() {}

    /// - Parameters:
    ///   - numbers: of the configuration's interfaces.
    ///   - registry: whose numbers are used once more each.
    init(
        _ configuration: Configuration, numbers: [UInt16],
        in registry: inout NextHopRegistry
    ) throws(TableIsFull) {
        func number(_ meaning: NextHopRegistry.Meaning) throws(TableIsFull) -> UInt16 {
            guard let number = registry.use(meaning) else { throw TableIsFull() }
            uses.append(number)
            return number
        }
        let local = try number(.drop(.localNotHandled))
        broadcast = try number(.drop(.directedBroadcast))
        var connected: [UInt16] = []
        for (interface, interfaceNumber) in zip(configuration.interfaces, numbers) {
            // One without addresses has no network, and nobody behind it.
            let value =
                interface.addresses.isEmpty
                ? 0 : try number(.connected(interface: interfaceNumber))
            connected.append(value)
            for address in interface.addresses { values[PrefixKey(address.network)] = value }
        }
        let addresses = configuration.ownAddresses
        for address in addresses where address.prefixLength <= 30 {
            values[.host(address.network.lastAddress)] = broadcast
        }
        for address in addresses { values[.host(address.address)] = local }
        for neighbour in configuration.neighbours {
            neighbours.append(
                Neighbour(
                    address: neighbour.address.rawValue,
                    number: try number(.host(neighbour.address)),
                    connected: connected[neighbour.interface], mac: neighbour.mac,
                    interface: neighbour.interface, line: neighbour.origin.lineOrNone))
        }
        neighbours.sort { $0.address < $1.address }
        self.addresses = ownAddresses(addresses)
        let all = addresses.map { PrefixKey($0.network) }
        allNetworks = Set(all)
        for network in all.sorted()
        where networks.last.map({ $0.lastAddress < network.address }) ?? true {
            networks.append(network)
        }
    }

    /// What is broadcast in one network may be a host's address in a larger one of the same interface: then
    /// somebody has said so.
    private func ownAddresses(_ all: [Configuration.InterfaceAddress]) -> OwnAddresses {
        let hosts = Set(all.map(\.address))
        let broadcasts = all.filter { $0.prefixLength <= 30 }.map(\.network.lastAddress).filter {
            !hosts.contains($0) && neighbour(at: $0) == nil
        }
        return OwnAddresses(hosts: hosts, broadcasts: Set(broadcasts))
    }

    /// The neighbour with the address.
    func neighbour(at address: IPv4Address) -> Neighbour? {
        let index = neighbours.partitioningIndex { $0.address >= address.rawValue }
        guard index < neighbours.endIndex, neighbours[index].address == address.rawValue else {
            return nil
        }
        return neighbours[index]
    }

    /// Those behind an address, in their order.
    func neighbours(after address: IPv4Address?) -> ArraySlice<Neighbour> {
        guard let address else { return neighbours[...] }
        return neighbours[neighbours.partitioningIndex { $0.address > address.rawValue }...]
    }

    /// The neighbours whose way may depend on a route for the prefix: those in it, when it lies in a network.
    func neighbours(in key: PrefixKey) -> ArraySlice<Neighbour> {
        guard isInsideNetwork(key) else { return [] }
        let first = neighbours.partitioningIndex { $0.address >= key.address }
        let end = neighbours.partitioningIndex { $0.address > key.lastAddress }
        return neighbours[first..<end]
    }

    private func isInsideNetwork(_ key: PrefixKey) -> Bool {
        let next = networks.partitioningIndex { $0.address > key.address }
        guard next > 0 else { return false }
        let network = networks[next - 1]
        return network.length < key.length && key.address <= network.lastAddress
    }
}

/// There are too many next hops.
struct TableIsFull: Error {}

extension Array {
    /// The first index whose element satisfies the predicate, as all that come after it do.
    fileprivate func partitioningIndex(_ predicate: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = (low + high) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
