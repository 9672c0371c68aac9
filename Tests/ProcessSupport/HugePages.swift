// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Huge pages of 2 MB for the time of a test.
public enum HugePages {
    private static let file = "/proc/sys/vm/nr_hugepages"

    /// Whether this process may reserve them, and the machine has memory for some.
    public static let canReserve: Bool = {
        guard Conditions.isRoot, let before = count, set(before + 8) else { return false }
        defer { _ = set(before) }
        return count == before + 8
    }()

    /// Runs the work with that many more huge pages, and puts them back.
    public static func with(_ pages: Int, _ work: () async throws -> Void) async throws {
        guard pages > 0, let before = count else { return try await work() }
        defer { _ = set(before) }
        // Pages that somebody uses beyond the reserved ones would take new ones away at once.
        guard set(max(before, total) + pages) else { throw CocoaError(.fileWriteNoPermission) }
        try await work()
    }

    /// Whether there are none yet that a program could take.
    public static let noneIsFree = value(of: "HugePages_Free:") == 0

    /// All that there are, reserved or not.
    private static var total: Int { value(of: "HugePages_Total:") }

    private static func value(of key: String) -> Int {
        let lines = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
        let line = lines.split(separator: "\n").first { $0.hasPrefix(key) }
        return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
    }

    private static var count: Int? {
        let text = try? String(contentsOfFile: file, encoding: .utf8)
        return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    private static func set(_ count: Int) -> Bool {
        (try? String(count).write(toFile: file, atomically: false, encoding: .utf8)) != nil
    }
}
