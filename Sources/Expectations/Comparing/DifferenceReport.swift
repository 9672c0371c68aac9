// SPDX-License-Identifier: Apache-2.0

import PacketFields

/// Puts the outcomes of a matching into words.
struct DifferenceReport {
    private(set) var differences: [Difference] = []
    private(set) var omitted = 0
    private let port: String?
    private let expected: [ComparedFrame]
    private let got: [ComparedFrame]
    private let rules: ComparisonRules
    /// For each frame, its number within its flow.
    private let expectedInFlow: [Int]
    private let gotInFlow: [Int]

    init(
        port: String?, _ expected: [ComparedFrame], _ got: [ComparedFrame],
        _ rules: ComparisonRules
    ) {
        self.port = port
        self.expected = expected
        self.got = got
        self.rules = rules
        expectedInFlow = Self.numbersInFlow(expected)
        gotInFlow = Self.numbersInFlow(got)
    }

    private static func numbersInFlow(_ frames: [ComparedFrame]) -> [Int] {
        var counts: [FlowName: Int] = [:]
        return frames.map { frame in
            counts[frame.flow, default: 0] += 1
            return counts[frame.flow] ?? 0
        }
    }

    mutating func add(_ outcomes: [FrameMatching.Outcome]) {
        // In the order of the frames; what is missing stands where it should have left.
        let sorted = outcomes.sorted { $0.place < $1.place }
        for outcome in sorted.prefix(Comparison.capacity) {
            differences.append(difference(outcome))
        }
        omitted += max(0, sorted.count - Comparison.capacity)
    }

    private func difference(_ outcome: FrameMatching.Outcome) -> Difference {
        switch outcome {
        case .changed(let mine, let other):
            var difference = Difference(.changed, port: port)
            difference.setExpected(expected[mine], expectedInFlow[mine])
            difference.setGot(got[other], gotInFlow[other])
            difference.fields =
                FramePair(
                    FrameFields(expected[mine].bytes), FrameFields(got[other].bytes), rules
                ).fieldDifferences
            return difference
        case .outOfOrder(let mine, let other):
            var difference = Difference(.outOfOrder, port: port)
            difference.setExpected(expected[mine], expectedInFlow[mine])
            difference.setGot(got[other], gotInFlow[other])
            difference.expectedBytes = nil
            return difference
        case .missing(let mine):
            var difference = Difference(.missing, port: port)
            difference.setExpected(expected[mine], expectedInFlow[mine])
            return difference
        case .extra(let other):
            var difference = Difference(.extra, port: port)
            difference.setGot(got[other], gotInFlow[other])
            return difference
        }
    }

    /// Adds each frame that left with a wrong checksum.
    mutating func addChecksums() {
        for (index, frame) in got.enumerated() {
            let wrong = ChecksumCheck.wrong(in: FrameFields(frame.bytes), rules)
            guard !wrong.isEmpty else { continue }
            guard differences.count < Comparison.capacity else {
                omitted += 1
                continue
            }
            var difference = Difference(.checksum, port: port, fields: wrong)
            difference.setGot(frame, gotInFlow[index])
            differences.append(difference)
        }
    }
}

extension Difference {
    fileprivate mutating func setExpected(_ frame: ComparedFrame, _ numberInFlow: Int) {
        expectedFrame = frame.number
        expectedFrameInFlow = numberInFlow
        expectedBytes = HexBytes(frame.bytes)
        flow = FlowName.text(frame.bytes)
    }

    fileprivate mutating func setGot(_ frame: ComparedFrame, _ numberInFlow: Int) {
        gotFrame = frame.number
        gotFrameInFlow = numberInFlow
        gotBytes = HexBytes(frame.bytes)
        flow = FlowName.text(frame.bytes)
    }
}

extension FrameMatching.Outcome {
    fileprivate var place: Int {
        switch self {
        case .changed(let expected, _), .outOfOrder(let expected, _), .missing(let expected):
            expected
        case .extra(let got): got
        }
    }
}
