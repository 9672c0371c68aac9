// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Glibc
import Synchronization

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

    /// Whether the process goes on when nobody reads its standard output any more, as in `freeway test | head`: one
    /// that judges has an exit code and reports to give.
    private static let goesOnUnread = Atomic(false)

    /// For a verb with a verdict: what it prints is lost when nobody reads it, and not what it found.
    static func goOnUnread() { goesOnUnread.store(true, ordering: .relaxed) }

    /// Writes all of `text` at once, to standard output unless another stream is named. Where nobody reads any more,
    /// as in `freeway stats --watch | head`, it ends the process quietly unless that is to go on; where it cannot be
    /// written, with 74 and the reason.
    static func write(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EPIPE {
                guard goesOnUnread.load(ordering: .relaxed) else { exit(0) }
                return
            } else if errno != EINTR {
                writeError(
                    "standard \(descriptor == STDERR_FILENO ? "error" : "output"): \(String(cString: strerror(errno)))"
                )
                exit(74)
            }
        }
    }

    /// Writes a value as one line of JSON, or as text for people.
    static func show<Value: Encodable>(
        _ value: Value, json: Bool, to descriptor: Int32 = STDOUT_FILENO,
        as text: (TextStyle) throws -> String
    ) throws {
        write(try json ? ControlJSON.text(value) : text(style), to: descriptor)
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

    /// Whole lines on standard error. One that names file and line, as compilers do, stands as it is; the others begin
    /// as every message of the program does.
    static func writeLines(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            namesPlace(line) || line.hasPrefix("freeway: ") ? String(line) : "freeway: \(line)"
        }
        let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// `router.yaml:12: …`, `router.yaml:12:3: …`
    private static func namesPlace(_ line: Substring) -> Bool {
        let words = line.split(separator: ": ", maxSplits: 1)
        guard words.count == 2, let colon = words[0].lastIndex(of: ":") else { return false }
        return Int(words[0][words[0].index(after: colon)...]) != nil
    }
}
