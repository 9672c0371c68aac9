// SPDX-License-Identifier: Apache-2.0

import PacketFields

/// Decides which frame that left is which expected frame.
struct FrameMatching {
    /// What is not as expected. Frames are named by their index.
    enum Outcome: Hashable {
        case changed(expected: Int, got: Int)
        case outOfOrder(expected: Int, got: Int)
        case missing(Int)
        case extra(Int)
    }

    private(set) var outcomes: [Outcome] = []
    private let expected: [ComparedFrame]
    private let got: [ComparedFrame]
    private let rules: ComparisonRules
    /// Equal essences have equal numbers: comparing two frames is comparing two numbers.
    private let expectedNumbers: [Int]
    private let gotNumbers: [Int]
    /// What has no partner yet.
    private var missing: [Int] = []
    private var extra: [Int] = []
    /// Frames taken apart to see how alike they are, as long as that is affordable.
    private var remainingPairs = affordablePairs

    private static let affordablePairs = 16_384

    /// How many frames that left are looked at to find what became of one that is missing.
    private static let window = 64

    init(_ expected: [ComparedFrame], _ got: [ComparedFrame], _ rules: ComparisonRules) {
        self.expected = expected
        self.got = got
        self.rules = rules
        var numbers: [[UInt8]: Int] = [:]
        func number(_ frame: ComparedFrame) -> Int {
            if let number = numbers[frame.essence] { return number }
            let number = numbers.count
            numbers[frame.essence] = number
            return number
        }
        expectedNumbers = expected.map(number)
        gotNumbers = got.map(number)
    }

    mutating func run() {
        switch rules.order {
        case .flow: matchFlows()
        case .strict: matchInOrder(Array(expected.indices), Array(got.indices))
        case .any: matchInAnyOrder(Array(expected.indices), Array(got.indices))
        }
        matchLeftovers()
        outcomes += missing.map { .missing($0) } + extra.map { .extra($0) }
    }

    private mutating func matchFlows() {
        var flows: [FlowName: (expected: [Int], got: [Int])] = [:]
        var order: [FlowName] = []
        for (index, frame) in expected.enumerated() {
            if flows[frame.flow] == nil { order.append(frame.flow) }
            flows[frame.flow, default: ([], [])].expected.append(index)
        }
        for (index, frame) in got.enumerated() {
            if flows[frame.flow] == nil { order.append(frame.flow) }
            flows[frame.flow, default: ([], [])].got.append(index)
        }
        for name in order {
            guard let flow = flows[name] else { continue }
            matchInOrder(flow.expected, flow.got)
        }
    }

    private mutating func matchInOrder(_ mine: [Int], _ theirs: [Int]) {
        let alignment = SequenceAlignment(
            mine.map { expectedNumbers[$0] }, theirs.map { gotNumbers[$0] })
        var gaps = alignment.gaps.map {
            (mine: Array(mine[$0.expected]), theirs: Array(theirs[$0.got]))
        }
        removeMoved(&gaps)
        for gap in gaps { pair(gap.mine, gap.theirs) }
    }

    /// A frame that is missing at one place and extra at another is out of order.
    private mutating func removeMoved(_ gaps: inout [(mine: [Int], theirs: [Int])]) {
        var places: [Int: [Int]] = [:]
        for gap in gaps.reversed() {
            for index in gap.theirs.reversed() {
                places[gotNumbers[index], default: []].append(index)
            }
        }
        var moved: Set<Int> = []
        for index in gaps.indices {
            gaps[index].mine.removeAll { mine in
                guard let other = places[expectedNumbers[mine]]?.popLast() else { return false }
                outcomes.append(.outOfOrder(expected: mine, got: other))
                moved.insert(other)
                return true
            }
        }
        guard !moved.isEmpty else { return }
        for index in gaps.indices { gaps[index].theirs.removeAll { moved.contains($0) } }
    }

    private mutating func matchInAnyOrder(_ mine: [Int], _ theirs: [Int]) {
        var left: [Int: [Int]] = [:]
        for index in theirs.reversed() { left[gotNumbers[index], default: []].append(index) }
        for index in mine where left[expectedNumbers[index]]?.popLast() == nil {
            missing.append(index)
        }
        extra = left.values.flatMap(\.self).sorted()
    }

    /// Frames between two that are equal: pairs them in order so that they differ as little as can
    /// be, and keeps the rest for later.
    private mutating func pair(_ mine: [Int], _ theirs: [Int]) {
        guard !mine.isEmpty, !theirs.isEmpty else {
            missing += mine
            extra += theirs
            return
        }
        guard mine.count * theirs.count <= remainingPairs else {
            // Too many to look at each with each: by position.
            for (one, other) in zip(mine, theirs) {
                outcomes.append(.changed(expected: one, got: other))
            }
            missing += mine.dropFirst(theirs.count)
            extra += theirs.dropFirst(mine.count)
            return
        }
        remainingPairs -= mine.count * theirs.count
        let first = mine.map { FrameFields(expected[$0].bytes) }
        let second = theirs.map { FrameFields(got[$0].bytes) }
        let pairs = CheapestPairing(rows: mine.count, columns: theirs.count) {
            FramePair(first[$0], second[$1], rules).cost
        }
        for (one, other) in pairs.pairs {
            outcomes.append(.changed(expected: mine[one], got: theirs[other]))
        }
        let pairedMine = Set(pairs.pairs.map(\.0))
        let pairedTheirs = Set(pairs.pairs.map(\.1))
        missing += mine.indices.filter { !pairedMine.contains($0) }.map { mine[$0] }
        extra += theirs.indices.filter { !pairedTheirs.contains($0) }.map { theirs[$0] }
    }

    /// Looks for frames that changed so that they count to another flow.
    private mutating func matchLeftovers() {
        guard !missing.isEmpty, !extra.isEmpty else { return }
        missing.sort()
        extra.sort()
        remainingPairs = Self.affordablePairs
        var candidates = extra.map { (index: $0, fields: FrameFields(got[$0].bytes)) }
        var stillMissing: [Int] = []
        for index in missing {
            let mine = FrameFields(expected[index].bytes)
            var best: (place: Int, cost: Int)?
            let near = candidates.prefix(min(Self.window, remainingPairs))
            remainingPairs -= near.count
            for (place, candidate) in near.enumerated() {
                let cost = FramePair(mine, candidate.fields, rules).cost
                if cost < best?.cost ?? FramePair.costOfTwoFrames { best = (place, cost) }
            }
            if let best {
                outcomes.append(.changed(expected: index, got: candidates[best.place].index))
                candidates.remove(at: best.place)
            } else {
                stillMissing.append(index)
            }
        }
        missing = stillMissing
        extra = candidates.map(\.index)
    }
}
