// SPDX-License-Identifier: Apache-2.0

import Dataplane

/// What prefixes mean for /24 networks, which a ``FIB`` consists of.
extension PrefixTree where Key == PrefixKey {
    /// Networks that a prefix decides for.
    enum Area {
        /// All their addresses have this number.
        case whole(Range<Int>, UInt16)
        /// It holds prefixes longer than 24 bits.
        case fine(Int)
    }

    /// Tells, in their order, the networks in a prefix that lie in no longer one of up to 24 bits. The prefix need
    /// not be in the tree: its cover decides then.
    func forEachArea(of key: PrefixKey, _ body: (Area) -> Void) {
        guard key.length <= 24 else { return body(.fine(key.networks.lowerBound)) }
        let (value, top) = find(key)
        let networks = key.networks
        var next = networks.lowerBound
        walk(from: top) { node in
            let isFine = node.key.length > 24 || node.key.length == 24 && node.value == 0
            // The prefix itself, or one where others meet.
            if node.key == key || node.value == 0 && !isFine { return true }
            let inside = node.key.networks
            if next < inside.lowerBound { body(.whole(next..<inside.lowerBound, value)) }
            if isFine { body(.fine(inside.lowerBound)) }
            next = inside.upperBound
            return false
        }
        if next < networks.upperBound { body(.whole(next..<networks.upperBound, value)) }
    }

    /// Writes the number of each address of a network.
    /// - Returns: whether all are one.
    func read(_ network: Int, into values: inout [UInt16]) -> Bool {
        let key = PrefixKey(UInt32(network) << 8, 24)
        let (value, top) = find(key)
        for index in values.indices { values[index] = value }
        var isWhole = true
        walk(from: top) { node in
            guard node.key.length > 24, node.value != 0 else { return true }
            let first = Int(node.key.address & 0xff)
            for index in first...Int(node.key.lastAddress & 0xff) { values[index] = node.value }
            return true
        }
        for value in values where value != values[0] { isWhole = false }
        return isWhole
    }
}

extension PrefixKey {
    /// The /24 networks that lie in it, or the one that it lies in.
    var networks: Range<Int> { Int(address >> 8)..<Int(lastAddress >> 8) + 1 }
}
