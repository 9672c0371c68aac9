// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

extension RoutingState {
    /// A page of what is in force, IPv4 before IPv6: as many entries as it may have, and whether there are more.
    func entries(_ page: RoutePage) -> (found: [TableReading.Found], hasMore: Bool) {
        var reader = PageReader(page: page)
        let isIPv4 = page.within?.isIPv4
        if isIPv4 != false, page.after?.isIPv4 != false {
            reader.read(pair.tree, contents.ipv4, contents.registry)
        }
        if isIPv4 != true, !reader.hasMore, let tree = ipv6Pair?.tree {
            reader.read(tree, contents.ipv6, contents.registry)
        }
        return (reader.found, reader.hasMore)
    }
}

private struct PageReader {
    let page: RoutePage
    var found: [TableReading.Found] = []
    var nextHops = 0
    var hasMore = false

    mutating func read<Key: FamilyPrefix>(
        _ tree: PrefixTree<Key>, _ routes: FamilyRoutes<Key>, _ registry: NextHopRegistry
    ) {
        let after = page.after.flatMap { $0.isIPv4 == Key.isIPv4 ? Key($0) : nil }
        tree.visit(within: page.within.map { Key($0) } ?? Key.all, after: after) { key, number in
            guard found.count < page.limit, nextHops < RoutePage.mostNextHops else {
                hasMore = true
                return false
            }
            let new = routes.found(key, number, registry)
            found += new
            nextHops += new.reduce(0) { $0 + $1.width }
            return true
        }
    }
}

extension RouteContents {
    /// The longest prefix that an address is in: its routes, by metric; empty where there is none.
    func found(_ address: IPAddress) -> [TableReading.Found] {
        let match = longest(of: address)
        return match.map {
            address.isIPv4
                ? ipv4.found(.init($0.prefix), $0.number, registry)
                : ipv6.found(.init($0.prefix), $0.number, registry)
        } ?? []
    }
}

extension FamilyRoutes {
    /// What the table has for a prefix: its routes, or the one thing that it has in their place.
    fileprivate func found(
        _ key: Key, _ number: UInt16, _ registry: NextHopRegistry
    ) -> [TableReading.Found] {
        let source = source(of: key, number, registry)
        guard source == .route else {
            return [
                TableReading.Found(
                    prefix: key.prefix, meaning: registry[number], source: source, entry: number,
                    number: number, hops: registry.members(number), route: nil)
            ]
        }
        return routes[key].map {
            TableReading.Found(
                prefix: key.prefix, meaning: registry[$0.number], source: source, entry: number,
                number: $0.number, hops: registry.members($0.number), route: $0)
        }
    }
}
