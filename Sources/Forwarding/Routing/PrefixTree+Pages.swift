// SPDX-License-Identifier: Apache-2.0

extension PrefixTree {
    /// Visits the prefixes with a number in their order, each in front of those that lie in it, from behind a place in
    /// that order: what it takes to get there does not depend on how many there are.
    /// - Parameters:
    ///   - within: visits only what lies in it, itself included.
    ///   - after: the place; the prefix need not be in the tree. Nil for the start.
    ///   - visit: says whether to go on.
    func visit(
        within: Key, after: Key?, _ visit: (Key, UInt16) -> Bool
    ) {
        _ = self.visit(from: find(within).top, after: after, visit)
    }

    /// - Returns: whether to go on.
    private func visit(
        from top: Int32, after: Key?, _ visit: (Key, UInt16) -> Bool
    ) -> Bool {
        guard top >= 0 else { return true }
        let node = nodes[Int(top)]
        if let after, Key.host(node.key.lastAddress) <= after { return true }
        if node.value != 0, after.map({ node.key > $0 }) ?? true, !visit(node.key, node.value) {
            return false
        }
        // Not deeper than prefixes have bits.
        return self.visit(from: node.children.0, after: after, visit)
            && self.visit(from: node.children.1, after: after, visit)
    }
}
