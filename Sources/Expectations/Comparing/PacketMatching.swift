// SPDX-License-Identifier: Apache-2.0

import PacketFields

/// Holds what left ports against packets in words.
///
/// Packets and frames are sorted into groups of one flow, and of ports that a packet may leave by in place
/// of each other; with `order: strict` into ports alone. Within a group the rules' order counts.
struct PacketMatching {
    /// A frame that left one of the ports that packets speak of.
    private struct Frame {
        let port: String
        /// Among those that left the port, from 1.
        let number: Int
        let frame: CapturedFrame
        let flow: FlowName
        var isPaired = false

        init(_ port: String, _ number: Int, _ frame: CapturedFrame, _ rules: ComparisonRules) {
            self.port = port
            self.number = number
            self.frame = frame
            flow = ComparedFrame(frame.bytes, number: number, rules).flow
        }

        var fields: FrameFields { FrameFields(frame.bytes) }
    }

    /// More frames of a group, beyond as many as are wanted, are not looked at: they are not expected.
    private static let mostFrames = 10_000
    /// As many of them are looked at for one packet that none of them is in its place.
    private static let mostCandidates = 1_000

    private let rules: ComparisonRules
    private let wanted: [WantedPacket]
    /// By time, and of one time by port and number.
    private var frames: [Frame]
    /// What left ports that no packet speaks of.
    private let others: [String: [CapturedFrame]]
    /// What is wrong, by the packet that it is about.
    private var ofPackets: [(packet: Int, difference: Difference)] = []
    private var ofFrames: [Difference] = []

    init(
        _ expectations: [PacketExpectation], _ got: [String: [CapturedFrame]],
        _ rules: ComparisonRules, path: String
    ) {
        self.rules = rules
        wanted = expectations.flatMap { expectation in
            (0..<expectation.flows).map { number in
                WantedPacket(expectation, expectation.packet.flow(number), rules, path: path)
            }
        }
        let ports = expectations.ports
        frames = got.filter { ports.contains($0.key) }.flatMap { port, frames in
            frames.enumerated().map { Frame(port, $0 + 1, $1, rules) }
        }.sorted {
            ($0.frame.time, $0.port, $0.number) < ($1.frame.time, $1.port, $1.number)
        }
        others = got.filter { !ports.contains($0.key) }
    }

    /// In the order of the case file; then frames that no packet speaks of.
    var differences: [Difference] {
        ofPackets.sorted { $0.packet < $1.packet }.map(\.difference)
            + ofFrames.sorted {
                ($0.port ?? "", $0.gotFrame ?? 0) < ($1.port ?? "", $1.gotFrame ?? 0)
            }
    }

    mutating func run() {
        var missing: [Int] = []
        for group in groups() { missing += pair(group) }
        findElsewhere(missing.sorted())
        for frame in frames where !frame.isPaired {
            ofFrames.append(difference(.extra, frame))
        }
    }

    private struct Group {
        var wanted: [Int] = []
        var frames: [Int] = []
    }

    private struct GroupName: Hashable {
        /// Nil where flows share one order.
        let flow: FlowName?
        /// The first of the ports that stand for each other.
        let port: String
    }

    private func groups() -> [Group] {
        let names = PortSets(wanted.map(\.ports))
        var groups: [GroupName: Group] = [:]
        var order: [GroupName] = []
        func name(_ flow: FlowName, _ port: String) -> GroupName {
            GroupName(flow: rules.order == .strict ? nil : flow, port: names.first(of: port))
        }
        for (index, packet) in wanted.enumerated() {
            let name = name(packet.flow, packet.ports[0])
            if groups[name] == nil { order.append(name) }
            groups[name, default: Group()].wanted.append(index)
        }
        for (index, frame) in frames.enumerated() {
            groups[name(frame.flow, frame.port)]?.frames.append(index)
        }
        return order.compactMap { groups[$0] }
    }

    /// - Returns: packets for which the group has no frame.
    private mutating func pair(_ group: Group) -> [Int] {
        let sent = group.frames.prefix(group.wanted.count + Self.mostFrames)
        // Of one group at a time: frames taken apart are many times as large.
        let fields = sent.map { frames[$0].fields }
        let ports = sent.map { frames[$0].port }
        func matches(_ one: Int, _ other: Int) -> Bool {
            let packet = wanted[group.wanted[one]]
            return packet.ports.contains(ports[other]) && packet.matches(fields[other])
        }
        let matching =
            rules.order == .any
            ? OrderedMatching(inAnyOrder: group.wanted.count, sent.count, matches: matches)
            : OrderedMatching(inOrder: group.wanted.count, sent.count, matches: matches)
        var left = Set(group.wanted.indices)
        for (one, other) in matching.pairs {
            left.remove(one)
            accept(group.wanted[one], sent[other], fields[other])
        }
        // What left in another order, or with something else in it.
        var free = sent.indices.filter { !frames[sent[$0]].isPaired }
        var missing: [Int] = []
        for one in left.sorted() {
            let near = free.prefix(Self.mostCandidates)
            let index = group.wanted[one]
            if let place = near.firstIndex(where: { matches(one, $0) }) {
                let moved = free.remove(at: place)
                accept(index, sent[moved], fields[moved])
                note(.outOfOrder, index, sent[moved])
            } else if let place = near.firstIndex(where: {
                wanted[index].ports.contains(ports[$0])
            }) {
                let changed = free.remove(at: place)
                frames[sent[changed]].isPaired = true
                note(
                    .changed, index, sent[changed],
                    wanted[index].fieldDifferences(fields[changed]))
            } else {
                missing.append(index)
            }
        }
        return missing
    }

    private mutating func accept(_ index: Int, _ frame: Int, _ fields: FrameFields) {
        frames[frame].isPaired = true
        let wrong = wanted[index].wrongChecksums(fields, rules)
        if !wrong.isEmpty { note(.checksum, index, frame, wrong) }
    }

    private mutating func note(
        _ kind: Difference.Kind, _ index: Int, _ frame: Int, _ fields: [FieldDifference] = []
    ) {
        var difference = difference(kind, frames[frame], fields)
        difference.place = wanted[index].place
        ofPackets.append((index, difference))
    }

    private func difference(
        _ kind: Difference.Kind, _ frame: Frame, _ fields: [FieldDifference] = []
    ) -> Difference {
        var difference = Difference(kind, port: frame.port, fields: fields)
        difference.gotFrame = frame.number
        difference.gotBytes = HexBytes(frame.frame.bytes)
        difference.flow = FlowName.text(frame.frame.bytes)
        return difference
    }

    /// Packets that left by a port by which they should not, and those that did not leave at all.
    private mutating func findElsewhere(_ missing: [Int]) {
        guard !missing.isEmpty else { return }
        // With the place among `frames` of those that are there.
        var places: [FlowName: [(frame: Frame, index: Int?)]] = [:]
        for (index, frame) in frames.enumerated() where !frame.isPaired {
            places[frame.flow, default: []].append((frame, index))
        }
        for (port, frames) in others {
            for (index, frame) in frames.enumerated() {
                let frame = Frame(port, index + 1, frame, rules)
                places[frame.flow, default: []].append((frame, nil))
            }
        }
        for index in missing {
            let packet = wanted[index]
            let near = (places[packet.flow] ?? []).prefix(Self.mostCandidates)
            guard let place = near.firstIndex(where: { packet.matches($0.frame.fields) }) else {
                var difference = Difference(.missing, place: packet.place)
                difference.ports = packet.ports
                difference.expectedBytes = HexBytes(packet.bytes)
                difference.flow = FlowName.text(packet.bytes)
                ofPackets.append((index, difference))
                continue
            }
            let (frame, own) = near[place]
            places[packet.flow]?.remove(at: place)
            if let own { frames[own].isPaired = true }
            var difference = difference(
                .changed, frame,
                [
                    FieldDifference(
                        name: "port", expected: packet.ports.joined(separator: " or "),
                        got: frame.port)
                ])
            difference.place = packet.place
            ofPackets.append((index, difference))
        }
    }
}
