// SPDX-License-Identifier: Apache-2.0

/// What `--watch` shows on a terminal: each picture is drawn over the one before, and is never taller than the
/// screen, which would scroll.
struct Screen {
    private var isClear = false

    /// Draws lines, each ended by a newline.
    mutating func show(_ text: String) {
        let rows = Terminal.screen.rows
        let start = isClear ? "" : "\u{1b}[2J"
        isClear = true
        Terminal.write(start + Self.picture(text, rows: rows))
    }

    /// Overwrites line by line, without clearing first: no flicker. Lines that are too long, in a window that
    /// has just become narrower, are cut by the terminal. The last row stays empty for the cursor.
    static func picture(_ text: String, rows: Int) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        let room = max(1, rows - 1)
        if lines.count > room {
            let left = lines.count - (room - 1)
            lines = lines.prefix(room - 1) + ["… \(left) more lines; --json has all"]
        }
        return "\u{1b}[?7l\u{1b}[H" + lines.map { $0 + "\u{1b}[K\n" }.joined()
            + "\u{1b}[J\u{1b}[?7h"
    }
}
