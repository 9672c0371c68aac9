// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

extension RoutingState {
    /// A page of what is in force, IPv4 before IPv6: as many entries as it may have, and whether there are more.
    /// - Parameter vrf: the number of the page's.
    func entries(
        _ page: RoutePage, in vrf: UInt16
    ) -> (found: [TableReading.Found], hasMore: Bool) {
        var reader = PageReader(page: page, vrf: vrf)
        guard let tables = contents[vrf] else { return ([], false) }
        let isIPv4 = page.within?.isIPv4
        let trees = ipv6Pair?.trees ?? PrefixForest()
        if isIPv4 != false, page.after?.isIPv4 != false {
            if vrf == 0 {
                reader.read(pair.tree, tables.ipv4, contents.registry) {
                    $0
                } key: {
                    $0
                }
            } else {
                reader.read(
                    trees[TrieTables.ipv4(of: vrf)], tables.ipv4, contents.registry,
                    in: IPv6PrefixKey.init(ofIPv4:)
                ) { $0.ipv4 }
            }
        }
        if isIPv4 != true, !reader.hasMore {
            reader.read(trees[TrieTables.ipv6(of: vrf)], tables.ipv6, contents.registry) {
                $0
            } key: {
                $0
            }
        }
        return (reader.found, reader.hasMore)
    }
}

private struct PageReader {
    let page: RoutePage
    let vrf: UInt16
    var found: [TableReading.Found] = []
    var nextHops = 0
    var hasMore = false

    /// - Parameters:
    ///   - inTree: what stands for a prefix in the tree.
    ///   - key: what something in the tree stands for.
    mutating func read<Key: FamilyPrefix, TreeKey: FamilyPrefix>(
        _ tree: PrefixTree<TreeKey>, _ routes: FamilyRoutes<Key>, _ registry: NextHopRegistry,
        in inTree: (Key) -> TreeKey, key: (TreeKey) -> Key
    ) {
        let after = page.after.flatMap { $0.isIPv4 == Key.isIPv4 ? inTree(Key($0)) : nil }
        let within = inTree(page.within.map { Key($0) } ?? Key.all)
        tree.visit(within: within, after: after) { found, number in
            guard self.found.count < page.limit, nextHops < RoutePage.mostNextHops else {
                hasMore = true
                return false
            }
            let new = routes.found(key(found), number, registry, vrf)
            self.found += new
            nextHops += new.reduce(0) { $0 + $1.width }
            return true
        }
    }
}

extension RouteContents {
    /// The longest prefix that an address is in: its routes, by metric; empty where there is none.
    /// - Parameter vrf: the number of that in which the address is looked up.
    func found(_ address: IPAddress, in vrf: UInt16) -> [TableReading.Found] {
        guard let tables = self[vrf], let match = longest(of: address, in: vrf) else { return [] }
        return address.isIPv4
            ? tables.ipv4.found(.init(match.prefix), match.number, registry, vrf)
            : tables.ipv6.found(.init(match.prefix), match.number, registry, vrf)
    }
}

extension FamilyRoutes {
    /// What the table has for a prefix: its routes, or the one thing that it has in their place.
    fileprivate func found(
        _ key: Key, _ number: UInt16, _ registry: NextHopRegistry, _ vrf: UInt16
    ) -> [TableReading.Found] {
        let source = source(of: key, number, registry)
        guard source == .route else {
            return [
                TableReading.Found(
                    prefix: key.prefix, meaning: registry[number], source: source, entry: number,
                    number: number, hops: registry.members(number), route: nil, vrf: vrf)
            ]
        }
        return routes[key].map {
            TableReading.Found(
                prefix: key.prefix, meaning: registry[$0.number], source: source, entry: number,
                number: $0.number, hops: registry.members($0.number), route: $0, vrf: vrf)
        }
    }
}
