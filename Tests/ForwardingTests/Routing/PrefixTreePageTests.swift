// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Forwarding

/// Reading a tree of prefixes from any place on, held to a sorted list.
@Suite struct PrefixTreePageTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func whatComesBehindAPlace(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var tree = PrefixTree<PrefixKey>()
        var model: [PrefixKey: UInt16] = [:]
        for round in 0..<4_000 {
            let key = Self.key(&random)
            let value = UInt16.random(in: 0...3, using: &random)
            tree.set(key, to: value)
            model[key] = value == 0 ? nil : value
            guard round.isMultiple(of: 20) else { continue }
            let within = Bool.random(using: &random) ? PrefixKey(0, 0) : Self.key(&random)
            let after =
                switch UInt8.random(in: 0..<3, using: &random) {
                case 0: nil as PrefixKey?
                case 1: Self.key(&random)
                default: model.keys.randomElement(using: &random)
                }
            let most = Int.random(in: 1...50, using: &random)
            var seen: [PrefixKey] = []
            tree.visit(within: within, after: after) { key, value in
                #expect(model[key] == value)
                seen.append(key)
                return seen.count < most
            }
            let inside = model.keys.filter { key in
                key.length >= within.length && key.address >= within.address
                    && key.lastAddress <= within.lastAddress
            }
            let expected = inside.sorted().filter { key in after.map { key > $0 } ?? true }
            #expect(seen == Array(expected.prefix(most)), "seed \(seed), round \(round)")
        }
    }

    /// Close together, so that many lie in one another.
    private static func key(_ random: inout SeededGenerator) -> PrefixKey {
        let bits = UInt32.random(in: 0...(.max), using: &random)
        let address = Bool.random(using: &random) ? bits : 0x0a00_0000 | bits & 0xffff
        return PrefixKey(address, Int.random(in: 0...32, using: &random))
    }
}
