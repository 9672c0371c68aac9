// SPDX-License-Identifier: Apache-2.0

import PacketFields

/// Two frames in hexadecimal, with the bytes marked in which they differ.
enum HexComparison {
    private static let bytesInRow = 16
    /// Rows of equal bytes around a difference; the others are left out.
    private static let context = 1
    /// More rows than these are counted, not shown.
    private static let mostRows = 48

    /// Lines without indentation; none when there are no bytes.
    static func lines(
        _ expected: [UInt8]?, _ got: [UInt8]?, _ differences: [FieldDifference]
    ) -> [String] {
        guard let expected, let got else {
            return dump(expected, "expected") + dump(got, "got     ")
        }
        let names = Set(differences.compactMap { FieldName(rawValue: $0.name) })
        let first = FrameFields(expected)
        let second = FrameFields(got)
        let isInPlace =
            expected.count == got.count
            && differences.allSatisfy { $0.expected != nil && $0.got != nil }
        if first.fields == second.fields || isInPlace {
            return together(expected, got, marks(first, names))
        }
        // A header more or less moves all that follows: each side has its own marks.
        return dump(expected, "expected", marks(first, names))
            + dump(got, "got     ", marks(second, names))
    }

    /// Which bytes belong to a field that differs.
    private static func marks(_ frame: FrameFields, _ names: Set<FieldName>) -> [Bool] {
        var marks = [Bool](repeating: false, count: frame.bytes.count)
        for field in frame.fields where names.contains(field.name) {
            for index in field.byteRange { marks[index] = true }
        }
        return marks
    }

    /// Rows of both sides below each other, once where they are equal.
    private static func together(
        _ expected: [UInt8], _ got: [UInt8], _ isInField: [Bool]
    ) -> [String] {
        let marks = isInField.indices.map { isInField[$0] && expected[$0] != got[$0] }
        return rows(of: marks) { start in
            let range = start..<min(start + bytesInRow, marks.count)
            let place = place(start)
            guard marks[range].contains(true) else {
                return ["both     \(place)  \(FieldValue.hex(got[range]))"]
            }
            return [
                "expected \(place)  \(FieldValue.hex(expected[range]))",
                "got      \(place)  \(FieldValue.hex(got[range]))",
                underline(marks[range]),
            ]
        }
    }

    /// One side alone.
    private static func dump(
        _ bytes: [UInt8]?, _ label: String, _ marks: [Bool]? = nil
    ) -> [String] {
        guard let bytes else { return [] }
        let shown = marks ?? [Bool](repeating: true, count: bytes.count)
        return rows(of: shown) { start in
            let range = start..<min(start + bytesInRow, bytes.count)
            let row = "\(label) \(place(start))  \(FieldValue.hex(bytes[range]))"
            guard let marks, marks[range].contains(true) else { return [row] }
            return [row, underline(marks[range])]
        }
    }

    /// The rows with a mark in them and their neighbours; a line of dots for what is left out.
    private static func rows(of marks: [Bool], _ lines: (Int) -> [String]) -> [String] {
        let starts = Array(stride(from: 0, to: marks.count, by: bytesInRow))
        let isMarked = starts.map { marks[$0..<min($0 + bytesInRow, marks.count)].contains(true) }
        var result: [String] = []
        var shown = 0
        var isGap = false
        for (row, start) in starts.enumerated() {
            let near = max(0, row - context)...min(starts.count - 1, row + context)
            guard isMarked[near].contains(true), shown < mostRows else {
                if !isGap { result.append("…") }
                isGap = true
                continue
            }
            isGap = false
            shown += 1
            result += lines(start)
        }
        return result
    }

    private static func place(_ offset: Int) -> String {
        let digits = String(offset, radix: 16)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private static func underline(_ marks: ArraySlice<Bool>) -> String {
        var text =
            String(repeating: " ", count: 15)
            + marks.map { $0 ? "^^" : "  " }.joined(separator: " ")
        while text.last == " " { text.removeLast() }
        return text
    }
}
