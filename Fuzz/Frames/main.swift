// SPDX-License-Identifier: Apache-2.0

import Expectations
import FuzzSupport
import PacketFields

// The first byte says where the rest is cut into an expected frame and one that left. Any frames have
// fields that share them out, and any two can be compared; what differs is told.
fuzz { start, count in
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let first = bytes.first else { return 0 }
    let rest = bytes.dropFirst()
    let cut = rest.count * Int(first) / 255
    let frames = [Array(rest.prefix(cut)), Array(rest.dropFirst(cut))]
    for frame in frames {
        let fields = FrameFields(frame)
        var position = 0
        for field in fields.fields {
            precondition(field.bitOffset == position, "fields follow each other")
            precondition(!fields.text(of: field).isEmpty, "a value has a text")
            position += field.bitCount
        }
        precondition(position == frame.count * 8, "every bit has a field")
    }
    for order in ComparisonRules.Order.allCases {
        let rules = ComparisonRules(
            order: order, ignored: [.ipv4Options, .ipv6ExtensionHeaders],
            masks: [.ethernetSource: 0xff, .ipv4TotalLength: 0xff00], checksums: .valid)
        for rules in [rules, ComparisonRules(order: order)] {
            let captured = frames.map { CapturedFrame($0) }
            let same = Comparison(expected: captured, got: captured, rules: rules)
            precondition(
                same.differences.allSatisfy { $0.kind == .checksum }, "a frame is as itself")
            let differences = Comparison(
                expected: [captured[0]], got: [captured[1]], rules: rules
            ).differences
            for difference in differences {
                precondition(!difference.text.isEmpty, "a difference says something")
                precondition(
                    difference.kind != .changed || !difference.fields.isEmpty, "a field is named")
            }
            if order == .strict, frames[0] != frames[1], rules.ignored.isEmpty {
                precondition(!differences.isEmpty, "frames that differ are told")
            }
        }
    }
    return 0
}
