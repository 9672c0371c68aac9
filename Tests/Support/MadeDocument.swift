// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What documents have from the program: a test holds them to it, and `make documents` writes it.
public enum MadeDocument {
    /// Whether the lines stand between two others of a file; puts them there when documents are being made.
    /// - Parameters:
    ///   - after: the line in front of them, the first that begins so; blanks in front do not count.
    ///   - before: the next line behind them that begins so; nil for the end of the file.
    public static func holds(
        _ lines: [String], in path: String, after: String, before: String?
    ) throws -> Bool {
        func begins(_ line: String, _ with: String) -> Bool {
            line.drop { $0 == " " }.hasPrefix(with)
        }
        return try holds(lines, in: path) { text in
            guard let start = text.firstIndex(where: { begins($0, after) }) else { return nil }
            guard let before else { return start + 1..<text.endIndex }
            return text[(start + 1)...].firstIndex { begins($0, before) }.map { start + 1..<$0 }
        }
    }

    /// The properties of an object of a JSON Schema, each on a line.
    /// - Parameter key: of the object, with its indentation, such as `    "log"`.
    public static func schemaHolds(
        _ properties: [String], in path: String, key: String
    ) throws -> Bool {
        let inner = String(key.prefix { $0 == " " }) + "  "
        let lines = properties.enumerated().map { index, line in
            inner + "  " + line + (index == properties.count - 1 ? "" : ",")
        }
        return try holds(lines, in: path) { text in
            guard let start = text.firstIndex(where: { $0.hasPrefix(key + ":") }),
                let open = text[start...].firstIndex(of: inner + "\"properties\": {"),
                let end = text[open...].firstIndex(where: { $0.hasPrefix(inner + "}") })
            else { return nil }
            return open + 1..<end
        }
    }

    /// A property of a JSON Schema, on one line.
    /// - Parameter key: with its indentation.
    public static func schemaHolds(_ line: String, in path: String, at key: String) throws -> Bool {
        let indentation = String(key.prefix { $0 == " " })
        return try holds([indentation + line], in: path) { text in
            guard let start = text.firstIndex(where: { $0.hasPrefix(key + ":") }) else {
                return nil
            }
            if text[start].hasSuffix("},") { return start..<start + 1 }
            return text[start...].firstIndex { $0.hasPrefix(indentation + "}") }.map {
                start..<$0 + 1
            }
        }
    }

    /// - Parameter place: the positions of the lines in the file; nil where there is no place for them.
    private static func holds(
        _ lines: [String], in path: String, at place: ([String]) -> Range<Int>?
    ) throws -> Bool {
        let file = Repository.root.appending(path: path)
        var text = try String(contentsOf: file, encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let range = place(text) else { return false }
        if Array(text[range]) == lines { return true }
        guard ProcessInfo.processInfo.environment["FREEWAY_MAKE_DOCUMENTS"] != nil else {
            return false
        }
        text.replaceSubrange(range, with: lines)
        try text.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
        return true
    }
}
