// SPDX-License-Identifier: Apache-2.0

import PacketFields
import TestSupport
import Testing

@testable import Expectations

/// What counts as equal, and which frame is said to differ in what.
@Suite struct ComparisonTests {
    static let client: (UInt32, UInt16) = (0x0a00_0001, 1000)
    static let server: (UInt32, UInt16) = (0xc000_0207, 53)

    /// Frames of one flow, numbered in their payload.
    static func flow(_ numbers: some Sequence<Int>, port: UInt16 = 1000) -> [[UInt8]] {
        numbers.map { Frames.udp(from: (client.0, port), to: server, number: UInt32($0)) }
    }

    /// Kind, frame numbers and names of fields: what a difference says.
    private func found(
        _ expected: [[UInt8]], _ got: [[UInt8]], _ rules: ComparisonRules = ComparisonRules()
    ) -> [String] {
        Comparison(
            port: "lan", expected: expected.map { CapturedFrame($0) },
            got: got.map { CapturedFrame($0) }, rules: rules
        ).differences.map { difference in
            let numbers = [difference.expectedFrame, difference.gotFrame].map {
                $0.map(String.init) ?? "-"
            }
            return ([difference.kind.rawValue] + numbers + difference.fields.map(\.name))
                .joined(separator: " ")
        }
    }

    @Test("equal frames are equal in every order of comparing; timestamps do not count")
    func equal() {
        let frames = Self.flow(1...5)
        for order in ComparisonRules.Order.allCases {
            #expect(found(frames, frames, ComparisonRules(order: order)) == [])
            #expect(found([], [], ComparisonRules(order: order)) == [])
        }
        let comparison = Comparison(
            expected: [CapturedFrame(frames[0], time: 1)], got: [CapturedFrame(frames[0], time: 2)])
        #expect(comparison.isEqual)
    }

    @Test("a changed field is named, with both values")
    func changedField() {
        var frames = Self.flow(1...3)
        frames[1][22] = 63
        #expect(found(Self.flow(1...3), frames) == ["changed 2 2 ipv4.timeToLive"])
        let difference = Comparison(
            expected: Self.flow(1...3).map { CapturedFrame($0) },
            got: frames.map { CapturedFrame($0) }
        ).differences[0]
        #expect(
            difference.fields == [
                FieldDifference(name: "ipv4.timeToLive", expected: "64", got: "63")
            ])
    }

    @Test("each field of a frame is named when it is the one that differs")
    func everyField() {
        for model in ModelFrames.all {
            let frame = FrameFields(model)
            for field in frame.fields {
                // The last bit of the field; that of a length or a type changes what follows.
                let bit = field.bitOffset + field.bitCount - 1
                var other = model
                other[bit / 8] ^= 0x80 >> UInt8(bit % 8)
                let names = Comparison(
                    expected: [CapturedFrame(model)], got: [CapturedFrame(other)],
                    rules: ComparisonRules(order: .strict)
                ).differences.flatMap(\.fields).map(\.name)
                #expect(names.contains(field.name.rawValue), "\(field.name.rawValue): \(names)")
            }
        }
    }

    @Test("one frame missing in the middle is one missing frame")
    func missing() {
        #expect(
            found(Self.flow(1...500), Self.flow((1...500).filter { $0 != 250 })) == [
                "missing 250 -"
            ])
        #expect(found(Self.flow(1...3), []) == ["missing 1 -", "missing 2 -", "missing 3 -"])
    }

    @Test("one frame more is one extra frame, also a second time the same one")
    func extra() {
        #expect(found(Self.flow([1, 2, 4]), Self.flow([1, 2, 3, 4])) == ["extra - 3"])
        #expect(found(Self.flow([1, 2]), Self.flow([1, 2, 2])) == ["extra - 3"])
        #expect(found([], Self.flow([1])) == ["extra - 1"])
    }

    @Test("one frame missing where all others have changed is still one missing frame")
    func missingAmongChanged() {
        let changed = Self.flow((1...20).filter { $0 != 10 }).map { frame in
            var frame = frame
            frame[22] = 63
            return frame
        }
        let differences = found(Self.flow(1...20), changed)
        #expect(differences.filter { $0.hasPrefix("missing") } == ["missing 10 -"])
        #expect(differences.filter { $0.hasSuffix(" ipv4.timeToLive") }.count == 19)
        #expect(differences.count == 20)
    }

    @Test("order counts within a flow, and not between flows")
    func orderOfFlows() {
        let first = Self.flow(1...3)
        let second = Self.flow(1...3, port: 2000)
        let mixed = [second[0], first[0], second[1], first[1], first[2], second[2]]
        #expect(found(first + second, mixed) == [])
        #expect(!found(first + second, mixed, ComparisonRules(order: .strict)).isEmpty)
        #expect(found(first + second, mixed, ComparisonRules(order: .any)) == [])
        let swapped = [first[0], first[2], first[1]]
        #expect(found(first, swapped).count == 1)
        #expect(found(first, swapped)[0].hasPrefix("outOfOrder"))
        #expect(found(first, swapped, ComparisonRules(order: .any)) == [])
    }

    @Test("in any order, each frame counts as often as it is expected")
    func multiset() {
        let rules = ComparisonRules(order: .any)
        #expect(found(Self.flow([1, 1, 2]), Self.flow([2, 1, 1]), rules) == [])
        #expect(found(Self.flow([1, 1, 2]), Self.flow([2, 1, 2]), rules).count == 1)
    }

    @Test("fragments belong together whatever their protocol's ports would be (RFC 791, 3.2)")
    func fragments() {
        let first = Frames.ipv4 {
            $0.fragment = 0x2000
            $0.payload = [UInt8](repeating: 1, count: 16)
        }
        let second = Frames.ipv4 {
            $0.fragment = 0x0002
            $0.payload = [UInt8](repeating: 2, count: 16)
        }
        #expect(found([first, second], [second, first])[0].hasPrefix("outOfOrder"))
    }

    @Test("a field that names the flow is told as changed, not as one flow less and one more")
    func changedFlow() {
        var tagged = ModelFrames.vlanTCP
        tagged[15] = 0x65
        #expect(found([ModelFrames.vlanTCP], [tagged]) == ["changed 1 1 vlan.identifier"])
        let other = Self.flow([1], port: 1001)
        #expect(found(Self.flow([1]), other) == ["changed 1 1 udp.sourcePort"])
        // Nothing in common: two frames.
        #expect(
            found([ModelFrames.arp], Self.flow([1])) == ["missing 1 -", "extra - 1"])
    }

    @Test("a tag that was not expected is named")
    func addedTag() {
        let plain = Self.flow([1])[0]
        let tagged = plain[..<12] + [0x81, 0, 0, 100] + plain[12...]
        #expect(
            found([plain], [Array(tagged)]) == [
                "changed 1 1 ethernet.etherType vlan.priority vlan.dropEligible vlan.identifier "
                    + "vlan.etherType"
            ])
    }

    @Test("padding to 60 bytes does not count, unless strict (IEEE 802.3, 3.2.8)")
    func padding() {
        let short = Self.flow([1])[0]
        #expect(short.count == 46)
        let padded = short + [UInt8](repeating: 0, count: 14)
        let leaky = short + [UInt8](repeating: 0xee, count: 14)
        for got in [padded, leaky] {
            #expect(found([short], [got]) == [])
            #expect(found([got], [short]) == [])
            #expect(
                found([short], [got], ComparisonRules(order: .strict)) == [
                    "changed 1 1 ethernet.padding"
                ])
        }
        // More than padding can be.
        let long = short + [UInt8](repeating: 0, count: 15)
        #expect(found([short], [long]) == ["changed 1 1 ethernet.padding"])
    }

    @Test("a frame that does not say its length may have been filled up with zeros")
    func unknownPadding() {
        let short = Frames.ethernet(type: 0x88cc, payload: [1, 2, 3])
        let padded = short + [UInt8](repeating: 0, count: 43)
        #expect(found([short], [padded]) == [])
        #expect(found([short], [short + [9]]) == ["changed 1 1 payload"])
        #expect(
            found([short], [padded], ComparisonRules(order: .strict)) == ["changed 1 1 payload"])
    }

    @Test("ignored fields differ as they like, whatever their length, and name no flow")
    func ignored() {
        var other = Self.flow([1, 2])
        other[0][19] = 9
        #expect(found(Self.flow([1, 2]), other) == ["changed 1 1 ipv4.identification"])
        #expect(
            found(Self.flow([1, 2]), other, ComparisonRules(ignored: [.ipv4Identification])) == [])
        let ports = ComparisonRules(ignored: [.udpSourcePort])
        #expect(found(Self.flow([1, 2]), Self.flow([1, 2], port: 40_000), ports) == [])
        let one = Frames.ethernet(type: 0x1234, payload: [UInt8](repeating: 1, count: 100))
        let two = Frames.ethernet(type: 0x1234, payload: [UInt8](repeating: 2, count: 90))
        #expect(found([one], [two]).count == 1)
        #expect(found([one], [two], ComparisonRules(ignored: [.payload])) == [])
    }

    @Test("a mask compares the bits that are set")
    func masks() {
        var other = Self.flow([1])
        other[0][15] = 0x03
        let expedited = ComparisonRules(masks: [.ipv4TypeOfService: 0xfc])
        #expect(found(Self.flow([1]), other) == ["changed 1 1 ipv4.typeOfService"])
        #expect(found(Self.flow([1]), other, expedited) == [])
        other[0][15] = 0xb8
        #expect(found(Self.flow([1]), other, expedited) == ["changed 1 1 ipv4.typeOfService"])
    }

    @Test("no more than the capacity is told, and the rest counted, in bounded time")
    func bounded() {
        let expected = Self.flow(0..<4_000).map { CapturedFrame($0) }
        let got = Self.flow(10_000..<14_000, port: 7).map { CapturedFrame($0) }
        let comparison = Comparison(expected: expected, got: got)
        #expect(comparison.differences.count == Comparison.capacity)
        #expect(comparison.omitted > 0)
    }

    @Test("any bytes can be compared with any")
    func hostile() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<300 {
            func frames() -> [CapturedFrame] {
                (0..<3).map { _ in
                    let model = ModelFrames.all.randomElement(using: &random) ?? []
                    var bytes = Array(model.prefix(Int.random(in: 0...80, using: &random)))
                    for _ in 0..<3 where !bytes.isEmpty {
                        bytes[Int.random(in: bytes.indices, using: &random)] =
                            UInt8.random(in: 0...255, using: &random)
                    }
                    return CapturedFrame(bytes)
                }
            }
            let (expected, got) = (frames(), frames())
            for order in ComparisonRules.Order.allCases {
                let rules = ComparisonRules(
                    order: order, ignored: [.ipv4Options, .tcpOptions, .ipv4HeaderLength],
                    masks: [.ethernetSource: 0xff], checksums: .valid)
                let comparison = Comparison(expected: expected, got: got, rules: rules)
                for difference in comparison.differences {
                    #expect(!difference.text.isEmpty)
                    if difference.kind == .changed { #expect(!difference.fields.isEmpty) }
                }
                let own = Comparison(expected: got, got: got, rules: rules).differences
                #expect(own.allSatisfy { $0.kind == .checksum })
            }
        }
    }
}
