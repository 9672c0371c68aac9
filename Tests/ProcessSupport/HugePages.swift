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
        guard set(before + pages) else { throw CocoaError(.fileWriteNoPermission) }
        try await work()
    }

    private static var count: Int? {
        let text = try? String(contentsOfFile: file, encoding: .utf8)
        return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    private static func set(_ count: Int) -> Bool {
        (try? String(count).write(toFile: file, atomically: false, encoding: .utf8)) != nil
    }
}
