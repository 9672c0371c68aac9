// SPDX-License-Identifier: Apache-2.0

/// Breaks text into lines of a width.
enum TextFolding {
    /// The narrowest that a line becomes, whatever the width.
    private static let narrowest = 8

    /// Breaks between words. A word that is too long for a line is broken behind a comma or a slash where it has
    /// one, and anywhere otherwise.
    ///
    /// - Parameters:
    ///   - width: columns of a line; nil for any number.
    ///   - indent: spaces in front of each line but the first.
    /// - Returns: one line at least.
    static func lines(_ text: String, width: Int?, indent: Int = 0) -> [String] {
        guard let width, text.count > width else { return [text] }
        let margin = String(repeating: " ", count: min(indent, max(0, width - narrowest)))
        var lines: [String] = []
        var line = ""
        // What a line has before its first word: the margin, or what the text itself begins with.
        var start = String(text.prefix { $0 == " " })
        for word in text.split(separator: " ") {
            var rest = word
            while true {
                let room = max(narrowest, width) - (line.isEmpty ? start.count : line.count + 1)
                if rest.count <= room {
                    line += (line.isEmpty ? start : " ") + rest
                    break
                }
                if line.isEmpty {
                    let piece = head(of: rest, max(1, room))
                    lines.append(start + piece)
                    rest = rest.dropFirst(piece.count)
                } else {
                    lines.append(line)
                    line = ""
                }
                start = margin
            }
        }
        if !line.isEmpty || lines.isEmpty { lines.append(line) }
        return lines
    }

    private static func head(of word: Substring, _ count: Int) -> Substring {
        let head = word.prefix(count)
        guard let end = head.lastIndex(where: { $0 == "," || $0 == "/" }), end != head.startIndex
        else { return head }
        return head[...end]
    }
}
