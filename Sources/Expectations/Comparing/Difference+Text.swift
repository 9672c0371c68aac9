// SPDX-License-Identifier: Apache-2.0

extension Difference {
    /// All there is to say, in lines: what, which fields, the way through the stages, and the bytes.
    /// No newline at the end.
    public var text: String {
        var lines = [summary]
        lines += fieldLines.map { "    " + $0 }
        if !journey.isEmpty {
            lines.append("    the frame's way:")
            lines += journey.map { "      " + $0 }
        }
        // Words leave most bytes open.
        let expected = ports == nil ? expectedBytes?.bytes : nil
        lines += HexComparison.lines(expected, gotBytes?.bytes, fields).map {
            "    " + $0
        }
        return lines.joined(separator: "\n")
    }

    /// One line: what is not as expected, and where.
    public var summary: String {
        let place = [self.place, port].compactMap(\.self).joined(separator: ": ")
        return (place.isEmpty ? "" : place + ": ") + sentence
    }

    private var sentence: String {
        let expected = expectedFrame.map { "expected frame \($0)" } ?? "the packet that is expected"
        let got = "frame \(gotFrame ?? 0)"
        let names = fields.map(\.name).joined(separator: ", ")
        switch kind {
        case .changed:
            return "\(got)\(inFlow(gotFrameInFlow)) differs from \(expected) in \(names)"
        case .missing:
            let why = dropReason.map { "; it was dropped: \($0)" } ?? ""
            let way = ports.map { " by " + $0.joined(separator: " or ") } ?? ""
            return "\(expected)\(inFlow(expectedFrameInFlow)) did not leave\(way)\(why)"
        case .extra:
            return "\(got)\(inFlow(gotFrameInFlow)) left and was not expected"
        case .outOfOrder:
            let what = expectedFrame == nil ? "" : ": it is \(expected)"
            return "\(got)\(inFlow(gotFrameInFlow)) left out of its order\(what)"
        case .checksum:
            return "\(got)\(inFlow(gotFrameInFlow)) has a wrong checksum: \(names)"
        case .field:
            guard let gotBytes else {
                return "\(got) did not leave, and something is expected of it: \(names)"
            }
            return "\(got) (\(FlowName.text(gotBytes.bytes))) is not as it must be: \(names)"
        case .drops: return "frames were dropped otherwise than expected: \(names)"
        case .query: return "the answer is not as expected: \(names)"
        case .shares: return "the shares are not as expected"
        }
    }

    private func inFlow(_ number: Int?) -> String {
        guard let flow else { return "" }
        return number.map { " (\($0) of flow \(flow))" } ?? " (\(flow))"
    }

    /// A small table: name, expected, got.
    private var fieldLines: [String] {
        guard !fields.isEmpty else { return [] }
        let rows =
            [["FIELD", "EXPECTED", "GOT"]]
            + fields.map { [$0.name, $0.expected ?? "absent", $0.got ?? "absent"] }
        let widths = (0..<2).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = (0..<2).map { column in
                row[column]
                    + String(repeating: " ", count: widths[column] - row[column].count + 2)
            }
            return cells.joined() + row[2]
        }
    }
}
