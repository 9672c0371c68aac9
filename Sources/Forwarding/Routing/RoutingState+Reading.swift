// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

extension RoutingState {
    /// A page of what is in force: as many entries as it may have, and one more where there are more.
    func entries(_ page: RoutePage) -> (found: [TableReading.Found], hasMore: Bool) {
        let all = IPv4Prefix(containing: IPv4Address(rawValue: 0), length: 0)
        var found: [TableReading.Found] = []
        var nextHops = 0
        var hasMore = false
        pair.tree.visit(
            within: PrefixKey(page.within ?? all), after: page.after.map(PrefixKey.init)
        ) { key, number in
            guard found.count < page.limit, nextHops < RoutePage.mostNextHops else {
                hasMore = true
                return false
            }
            found.append(contents.found(key, number))
            nextHops += found[found.count - 1].width
            return true
        }
        return (found, hasMore)
    }
}

extension RouteContents {
    /// The longest prefix that an address is in.
    func found(_ address: IPv4Address) -> TableReading.Found? {
        longest(of: address).map { found(PrefixKey($0.prefix), $0.number) }
    }

    fileprivate func found(_ key: PrefixKey, _ number: UInt16) -> TableReading.Found {
        TableReading.Found(
            prefix: key.prefix, meaning: registry[number], source: source(of: key, number),
            route: routes[key])
    }
}
