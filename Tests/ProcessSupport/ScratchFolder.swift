// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// A folder of a test's own, which goes with it.
public final class ScratchFolder: Sendable {
    public let path: String

    /// - Parameter isOpen: whether every user may write in it.
    public init(isOpen: Bool = false) {
        var template = Array("/tmp/freeway-test-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { fatalError("no folder in /tmp") }
        path = String(cString: made)
        if isOpen { chmod(path, 0o777) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    public func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file and gives its path.
    @discardableResult
    public func write(_ text: String, to name: String) throws -> String {
        try text.write(toFile: file(name), atomically: false, encoding: .utf8)
        return file(name)
    }

    /// What is in it, sorted.
    public var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }
}
