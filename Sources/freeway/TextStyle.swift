// SPDX-License-Identifier: Apache-2.0

/// How text may be set off. Tables take widths before it is applied.
enum TextStyle {
    case plain, coloured

    enum Emphasis: String {
        case none = ""
        case heading = "\u{1b}[1m"
        case faint = "\u{1b}[2m"
        case good = "\u{1b}[32m"
        case bad = "\u{1b}[1;31m"
    }

    func apply(_ emphasis: Emphasis, to text: String) -> String {
        self == .plain || emphasis == .none || text.isEmpty
            ? text : emphasis.rawValue + text + "\u{1b}[0m"
    }
}
