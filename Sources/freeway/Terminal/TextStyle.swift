// SPDX-License-Identifier: Apache-2.0

/// How text may be set off, and how wide its lines may be. Tables take widths before it is applied.
struct TextStyle {
    var isColoured = false
    /// Columns that a line may take; nil for any number.
    var width: Int?

    static let plain = TextStyle()
    static let coloured = TextStyle(isColoured: true)

    enum Emphasis: String {
        case none = ""
        case heading = "\u{1b}[1m"
        case faint = "\u{1b}[2m"
        case good = "\u{1b}[32m"
        case bad = "\u{1b}[1;31m"
    }

    func apply(_ emphasis: Emphasis, to text: String) -> String {
        !isColoured || emphasis == .none || text.isEmpty
            ? text : emphasis.rawValue + text + "\u{1b}[0m"
    }

    /// A sentence as lines that each end with a newline; those after the first are set in.
    func folded(_ text: String, indent: Int = 0, _ emphasis: Emphasis = .none) -> String {
        TextFolding.lines(text, width: width, indent: indent)
            .map { apply(emphasis, to: $0) + "\n" }.joined()
    }
}
