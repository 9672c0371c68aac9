// SPDX-License-Identifier: Apache-2.0

import Dataplane
import PacketHeaders

/// Names what is in the forwarding table. The table's own instances only know numbers.
extension RouteContents {
    /// What a prefix comes from.
    enum Source: String {
        /// A route of the configuration or of the API.
        case route
        /// A network of a port.
        case connected
        /// The broadcast address of such a network.
        case broadcast
        /// A host of such a network whose MAC is configured.
        case neighbour
        /// An address of a port.
        case local
    }

    package struct Match: Equatable {
        let prefix: IPPrefix
        let source: Source
        /// The entry of the next-hop table that the prefix leads to.
        let number: UInt16
    }

    /// The longest prefix that the address is in.
    /// - Parameter vrf: the number of that in which it is looked up.
    func longest(of address: IPAddress, in vrf: UInt16 = 0) -> Match? {
        guard let vrf = self[vrf] else { return nil }
        return address.isIPv4
            ? vrf.ipv4.longest(of: address, registry) : vrf.ipv6.longest(of: address, registry)
    }
}

extension FamilyRoutes {
    /// The longest prefix that the address is in, found by trying each length: however many routes there
    /// are, none is copied, and it can be held against what the table itself found.
    func longest(of address: IPAddress, _ registry: NextHopRegistry) -> RouteContents.Match? {
        for length in (0...Key.Bits.bitWidth).reversed() {
            let key = Key(Key.bits(of: address), length)
            let number = entry(key)
            guard number != 0 else { continue }
            return RouteContents.Match(
                prefix: key.prefix, source: source(of: key, number, registry), number: number)
        }
        return nil
    }

    func source(
        of key: Key, _ number: UInt16, _ registry: NextHopRegistry
    ) -> RouteContents.Source {
        switch own.values[key] {
        // Where a route names its address, a neighbour has no entry of its own.
        case nil: routes.best[key] == nil ? .neighbour : .route
        case number:
            switch registry[number] {
            case .drop(.localNotHandled): .local
            case .drop: .broadcast
            default: .connected
            }
        default: .neighbour
        }
    }
}
