// SPDX-License-Identifier: Apache-2.0

import Dataplane
import FreewayConfiguration
import PacketHeaders

/// What interfaces bring into the forwarding table beside routes: their networks, the broadcast addresses of
/// these, their own addresses, and the neighbours behind them. Where a route names one of the prefixes
/// here, the prefix here wins.
struct OwnPrefixes<Key: FamilyPrefix>: Sendable {
    /// A neighbour with a configured MAC, and the interface that its network is on.
    struct Neighbour: Sendable {
        let address: Key.Bits
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
    private(set) var values: [Key: UInt16] = [:]
    private(set) var broadcast: UInt16 = 0
    /// By address.
    private(set) var neighbours: [Neighbour] = []
    /// Networks that lie in no other, by address.
    private var networks: [Key] = []
    /// All networks.
    private(set) var allNetworks: Set<Key> = []
    /// Our own addresses, but for those of links.
    private(set) var hosts: Set<IPAddress> = []
    /// Of IPv4: the addresses for all hosts of a network that are no host's own. What is broadcast in one network may be a
    /// host's address in a larger one of the same interface: then somebody has said so.
    private(set) var broadcasts: Set<IPAddress> = []
    /// Of IPv6: the addresses that all routers of a network have.
    private(set) var anycasts: Set<IPAddress> = []
    /// The numbers that are used here, each as often as it is.
    private(set) var uses: [UInt16] = []

    init() {}

    /// - Parameters:
    ///   - vrf: whose interfaces count.
    ///   - numbers: of the configuration's interfaces.
    ///   - registry: whose numbers are used once more each.
    init(
        _ configuration: Configuration, _ vrf: OwnVRF = OwnVRF(), numbers: [UInt16],
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
        let interfaces = configuration.interfaces
        for (interface, interfaceNumber) in zip(interfaces, numbers) {
            guard interface.vrf == vrf.name else {
                connected.append(0)
                continue
            }
            let own = interface.addresses.filter {
                $0.address.isIPv4 == Key.isIPv4 && !$0.isOfLink
            }
            // One without addresses has no network, and nobody behind it; but of IPv6 those on its link.
            let hasHosts = !own.isEmpty || !Key.isIPv4 && interface.hasIPv6
            let value = hasHosts ? try number(.connected(interface: interfaceNumber)) : 0
            connected.append(value)
            for address in own { values[Key(address.network)] = value }
        }
        let ofVRF = interfaces.filter { $0.vrf == vrf.name }
        let addresses = ofVRF.flatMap(\.addresses).filter {
            $0.address.isIPv4 == Key.isIPv4 && !$0.isOfLink
        }
        for address in addresses where !address.isPointToPoint {
            if Key.isIPv4 {
                values[.host(address.network.lastAddress)] = broadcast
            } else {
                // All routers of the network have it (RFC 4291, 2.6.1).
                values[.host(address.network.address)] = local
            }
        }
        for address in addresses { values[.host(address.address)] = local }
        if !Key.isIPv4, ofVRF.contains(where: \.hasIPv6) {
            // What is for a link or a group comes to the table only where it is for us.
            for scope in IPPrefix.localScopes { values[Key(scope)] = local }
        }
        for neighbour in configuration.neighbours
        where neighbour.address.isIPv4 == Key.isIPv4
            && neighbour.address.ipv6?.isLinkLocal != true
            && interfaces[neighbour.interface].vrf == vrf.name
        {
            neighbours.append(
                Neighbour(
                    address: Key.bits(of: neighbour.address),
                    number: try number(.host(.init(address: neighbour.address, vrf: vrf.number))),
                    connected: connected[neighbour.interface], mac: neighbour.mac,
                    interface: neighbour.interface, line: neighbour.origin.lineOrNone))
        }
        neighbours.sort { $0.address < $1.address }
        hosts = Set(addresses.map(\.address))
        let shared = addresses.filter { !$0.isPointToPoint }.map {
            Key.isIPv4 ? $0.network.lastAddress : $0.network.address
        }.filter { !hosts.contains($0) && neighbour(at: $0) == nil }
        if Key.isIPv4 { broadcasts = Set(shared) } else { anycasts = Set(shared) }
        let all = addresses.map { Key($0.network) }
        allNetworks = Set(all)
        for network in all.sorted()
        where networks.last.map({ $0.lastAddress < network.address }) ?? true {
            networks.append(network)
        }
    }

    /// The neighbour with the address.
    func neighbour(at address: IPAddress) -> Neighbour? {
        let bits = Key.bits(of: address)
        let index = neighbours.partitioningIndex { $0.address >= bits }
        guard index < neighbours.endIndex, neighbours[index].address == bits else {
            return nil
        }
        return neighbours[index]
    }

    /// Those behind an address, in their order.
    func neighbours(after address: IPAddress?) -> ArraySlice<Neighbour> {
        guard let address else { return neighbours[...] }
        let bits = Key.bits(of: address)
        return neighbours[neighbours.partitioningIndex { $0.address > bits }...]
    }

    /// The neighbours whose way may depend on a route for the prefix: those in it, when it lies in a network.
    func neighbours(in key: Key) -> ArraySlice<Neighbour> {
        guard isInsideNetwork(key) else { return [] }
        let first = neighbours.partitioningIndex { $0.address >= key.address }
        let end = neighbours.partitioningIndex { $0.address > key.lastAddress }
        return neighbours[first..<end]
    }

    private func isInsideNetwork(_ key: Key) -> Bool {
        let next = networks.partitioningIndex { $0.address > key.address }
        guard next > 0 else { return false }
        let network = networks[next - 1]
        return network.length < key.length && key.address <= network.lastAddress
    }
}

/// A VRF whose prefixes are meant.
struct OwnVRF {
    var name = Configuration.VRF.main
    var number: UInt16 = 0
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

extension IPPrefix {
    /// `fe80::/10` and `ff00::/8`: addresses that stay on their link (RFC 4291, 2.5.6 and 2.7).
    static let localScopes = [
        IPPrefix(containing: IPAddress(high: 0xfe80_0000_0000_0000, low: 0), length: 10),
        IPPrefix(containing: IPAddress(high: 0xff00_0000_0000_0000, low: 0), length: 8),
    ]
}
