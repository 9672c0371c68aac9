// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

/// Prefixes with a number each, in a binary tree without nodes that decide nothing: a node is a prefix with a
/// number, or the longest that two others have in common. About 50 bytes for each prefix of IPv4.
struct PrefixTree<Key: FamilyPrefix>: Sendable {
    struct Node {
        let key: Key
        /// 0 where other prefixes only meet.
        var value: UInt16
        /// Of the prefixes in it, those whose next bit is 0, and those whose next bit is 1.
        var children: (Int32, Int32) = (-1, -1)

        subscript(side: Int) -> Int32 {
            get { side == 0 ? children.0 : children.1 }
            set { if side == 0 { children.0 = newValue } else { children.1 = newValue } }
        }
    }

    static var none: Int32 { -1 }

    private(set) var nodes: [Node] = []
    private(set) var root: Int32 = -1
    private var free: [Int32] = []

    /// Where a node hangs: at the root, or at a side of another.
    private struct Place {
        var parent: Int32 = -1
        var side = 0
    }

    /// Gives a prefix a number; 0 takes it away.
    mutating func set(_ key: Key, to value: UInt16) {
        if value == 0 { remove(key) } else { insert(key, value) }
    }

    private mutating func insert(_ key: Key, _ value: UInt16) {
        var place = Place()
        var index = root
        while index >= 0 {
            let other = nodes[Int(index)].key
            let common = key.commonLength(other)
            if common < other.length {
                let leaf = make(key, value)
                if common == key.length {
                    nodes[Int(leaf)][other.bit(at: common)] = index
                    hang(leaf, at: place)
                } else {
                    let meeting = make(Key(key.address, common), 0)
                    nodes[Int(meeting)][key.bit(at: common)] = leaf
                    nodes[Int(meeting)][other.bit(at: common)] = index
                    hang(meeting, at: place)
                }
                return
            }
            if key.length == common {
                nodes[Int(index)].value = value
                return
            }
            place = Place(parent: index, side: key.bit(at: common))
            index = nodes[Int(index)][place.side]
        }
        hang(make(key, value), at: place)
    }

    private mutating func remove(_ key: Key) {
        var (above, place) = (Place(), Place())
        var index = root
        while index >= 0 {
            let other = nodes[Int(index)].key
            let common = key.commonLength(other)
            guard common == other.length else { return }
            if common == key.length { break }
            above = place
            place = Place(parent: index, side: key.bit(at: common))
            index = nodes[Int(index)][place.side]
        }
        guard index >= 0 else { return }
        nodes[Int(index)].value = 0
        let (left, right) = nodes[Int(index)].children
        guard left < 0 || right < 0 else { return }
        let child = max(left, right)
        hang(child, at: place)
        free.append(index)
        // Nothing meets at a parent with one child.
        if child < 0, place.parent >= 0, nodes[Int(place.parent)].value == 0 {
            hang(nodes[Int(place.parent)][1 - place.side], at: above)
            free.append(place.parent)
        }
    }

    private mutating func make(_ key: Key, _ value: UInt16) -> Int32 {
        let node = Node(key: key, value: value)
        if let index = free.popLast() {
            nodes[Int(index)] = node
            return index
        }
        nodes.append(node)
        return Int32(nodes.count - 1)
    }

    private mutating func hang(_ node: Int32, at place: Place) {
        if place.parent >= 0 { nodes[Int(place.parent)][place.side] = node } else { root = node }
    }

    /// The number that addresses in a prefix get which lie in no longer one, and the topmost node of those
    /// in the prefix, itself included.
    func find(_ key: Key) -> (value: UInt16, top: Int32) {
        var value: UInt16 = 0
        var index = root
        while index >= 0 {
            let node = nodes[Int(index)]
            let common = key.commonLength(node.key)
            if common == key.length {
                return (node.key == key && node.value != 0 ? node.value : value, index)
            }
            guard common == node.key.length else { break }
            if node.value != 0 { value = node.value }
            index = node[key.bit(at: common)]
        }
        return (value, Self.none)
    }

    /// Visits nodes in the order of their prefixes, each in front of those that lie in it.
    /// - Parameter visit: says whether to go on with the prefixes in the node's.
    func walk(from top: Int32, _ visit: (Node) -> Bool) {
        guard top >= 0 else { return }
        let node = nodes[Int(top)]
        guard visit(node) else { return }
        // Not deeper than prefixes have bits.
        walk(from: node.children.0, visit)
        walk(from: node.children.1, visit)
    }
}
