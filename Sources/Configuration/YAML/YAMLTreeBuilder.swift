// SPDX-License-Identifier: Apache-2.0

/// Puts the events of a parser together without recursion, so that no depth of nesting overflows
/// the stack.
struct YAMLTreeBuilder {
    private struct Level {
        let isMapping: Bool
        let anchor: String?
        let location: Location
        /// Values in it, itself too.
        var weight = 1
        var items: [YAMLNode] = []
        var entries: [YAMLEntry] = []
        var key: YAMLNode?
    }

    private(set) var root: YAMLNode?
    private var levels: [Level] = []
    private var anchors: [String: (node: YAMLNode, weight: Int)] = [:]
    private var valueCount = 0
    private var aliasedCount = 0
    private let limits: YAMLReader.Limits

    init(limits: YAMLReader.Limits) { self.limits = limits }

    mutating func open(
        isMapping: Bool, anchor: String?, at location: Location
    ) throws(YAMLReader.Failure) {
        guard levels.count < limits.depth else {
            throw YAMLReader.Failure(
                location: location, message: "nested deeper than \(limits.depth) levels")
        }
        try count(1, at: location)
        levels.append(Level(isMapping: isMapping, anchor: anchor, location: location))
    }

    mutating func close() throws(YAMLReader.Failure) {
        guard let level = levels.popLast() else { return }
        let value: YAMLNode.Value =
            level.isMapping ? .mapping(level.entries) : .sequence(level.items)
        place(
            YAMLNode(value: value, location: level.location), weight: level.weight,
            anchor: level.anchor)
    }

    mutating func add(
        _ value: YAMLNode.Value, anchor: String?, at location: Location
    ) throws(YAMLReader.Failure) {
        try count(1, at: location)
        place(YAMLNode(value: value, location: location), weight: 1, anchor: anchor)
    }

    mutating func alias(_ name: String, at location: Location) throws(YAMLReader.Failure) {
        guard let (node, weight) = anchors[name] else {
            throw YAMLReader.Failure(
                location: location, message: "the alias *\(name) has no anchor &\(name) before it")
        }
        aliasedCount += weight
        guard aliasedCount <= limits.aliasedValues else {
            throw YAMLReader.Failure(
                location: location,
                message: "aliases stand for more than \(limits.aliasedValues) values")
        }
        try count(weight, at: location)
        place(node, weight: weight, anchor: nil)
    }

    private mutating func count(_ values: Int, at location: Location) throws(YAMLReader.Failure) {
        valueCount += values
        guard valueCount <= limits.values else {
            throw YAMLReader.Failure(
                location: location,
                message: "more than \(limits.values) values \(limits.valuesReason)")
        }
    }

    private mutating func place(_ node: YAMLNode, weight: Int, anchor: String?) {
        if let anchor { anchors[anchor] = (node, weight) }
        guard let last = levels.indices.last else {
            root = node
            return
        }
        levels[last].weight += weight
        if !levels[last].isMapping {
            levels[last].items.append(node)
        } else if let key = levels[last].key {
            levels[last].entries.append(YAMLEntry(key: key, value: node))
            levels[last].key = nil
        } else {
            levels[last].key = node
        }
    }
}
