// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Standard output, as a person or a program reads it.
enum Terminal {
    /// Whether a person reads it: live redraw only then.
    static var isInteractive: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Colour: on a terminal, unless `NO_COLOR` is set to anything (https://no-color.org) or the
    /// terminal is dumb.
    static var style: TextStyle {
        let isRefused = environment("NO_COLOR") != nil || environment("TERM") == "dumb"
        return TextStyle(isColoured: isInteractive && !isRefused, width: screen.columns)
    }

    /// What standard output has room for: the terminal's size; where it is none, as many columns as `COLUMNS`
    /// asks for, and 80 otherwise.
    static var screen: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 else {
            let asked = environment("COLUMNS").flatMap { Int($0) } ?? 80
            return (min(max(narrowest, asked), widest), 24)
        }
        return (
            size.ws_col == 0 ? 80 : max(narrowest, Int(size.ws_col)),
            size.ws_row == 0 ? 24 : Int(size.ws_row)
        )
    }

    /// Columns that text is folded to at the least, and at the most.
    private static let narrowest = 40
    private static let widest = 10_000

    /// The value of a variable; `nil` when it is missing or empty.
    static func environment(_ name: String) -> String? {
        guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else {
            return nil
        }
        return value
    }

    /// Columns of the terminal at standard error; 80 when it does not say.
    static var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Writes all of `text` at once, to standard output unless another stream is named. Ends the process quietly when
    /// nobody reads any more, as in `freeway stats --watch | head`, and with 74 and the reason when it cannot be
    /// written.
    static func write(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EPIPE {
                exit(0)
            } else if errno != EINTR {
                writeError(
                    "standard \(descriptor == STDERR_FILENO ? "error" : "output"): \(String(cString: strerror(errno)))"
                )
                exit(74)
            }
        }
    }

    /// One line on standard error, in the form of every message of the program.
    static func writeError(_ message: String) {
        let line = Array("freeway: \(message)\n".utf8)
        _ = line.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// Shows how far long work has come, on one line of a terminal's standard error; `nil` takes the
    /// line away.
    static func showProgress(_ text: String?) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        let line = Array("\r\(text ?? "")\u{1b}[K".utf8)
        _ = line.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// Whole lines on standard error that name their file themselves.
    static func writeLines(_ text: String) {
        let lines = Array("\(text)\n".utf8)
        _ = lines.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
