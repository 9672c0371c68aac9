// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The kernel's files under `/sys`, `/proc` and `/dev`, or a copy of them for a test. Reads only.
package struct SystemFiles: Sendable {
    /// What stands before each path; empty for this machine.
    package var root = ""

    package init(root: String = "") { self.root = root }

    /// The first line of a file without the white space around it; nil when it cannot be read.
    package func line(_ path: String) -> String? {
        text(path)?.split(separator: "\n", omittingEmptySubsequences: false).first
            .map { $0.trimmingCharacters(in: .whitespaces) }
    }

    package func text(_ path: String) -> String? {
        try? String(contentsOfFile: root + path, encoding: .utf8)
    }

    package func number(_ path: String) -> Int? { line(path).flatMap { Int($0) } }

    /// The names in a folder in order; none when there is no such folder.
    package func names(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: root + folder)) ?? []).sorted()
    }

    package func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root + path)
    }

    /// The last part of where a symbolic link leads to.
    package func linkName(_ path: String) -> String? {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: root + path))?
            .split(separator: "/").last.map(String.init)
    }

    /// The value of a key in a file of `Key: value` lines, such as `/proc/meminfo`.
    package func value(of key: String, in path: String) -> String? {
        text(path)?.split(separator: "\n")
            .first { $0.hasPrefix("\(key):") }
            .map { $0.dropFirst(key.count + 1).trimmingCharacters(in: .whitespaces) }
    }
}
