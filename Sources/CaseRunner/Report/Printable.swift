// SPDX-License-Identifier: Apache-2.0

/// Text that came from files and processes, made fit for a terminal and for XML: control characters
/// become visible.
public enum Printable {
    /// Newlines and tabs stay; `\u{1B}` becomes the four letters `\x1b`.
    public static func text(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isRefused) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isRefused(scalar) {
                result.append(contentsOf: escape(scalar).unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    /// One line: newlines and tabs become visible too.
    public static func line(_ text: String) -> String {
        self.text(text).split(separator: "\n", omittingEmptySubsequences: false)
            .joined(separator: #"\n"#)
            .split(separator: "\t", omittingEmptySubsequences: false).joined(separator: #"\t"#)
    }

    /// C0 and C1 control characters, DEL, what XML 1.0 excludes (section 2.2), and what turns the
    /// direction of a line.
    private static func isRefused(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0a: false
        case 0x00...0x1f, 0x7f...0x9f, 0xfffe, 0xffff, 0x202a...0x202e, 0x2066...0x2069: true
        default: false
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return scalar.value < 0x100
            ? #"\x"# + String(repeating: "0", count: 2 - digits.count) + digits
            : #"\u{"# + digits + "}"
    }
}
