// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A folder of this process's own, in `TMPDIR`, which goes with the object and all that is in it.
public final class WorkFolder {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    public let path: String

    public init() throws(Failure) {
        let parent = NSTemporaryDirectory()
        var template = Array(
            "\(parent.hasSuffix("/") ? parent : parent + "/")freeway-test-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else {
            throw Failure(
                description:
                    "\(parent): cannot make a folder: \(String(cString: strerror(errno))); "
                    + "set TMPDIR to a folder that can be written")
        }
        path = String(cString: made)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Makes a folder in it, with those above.
    public func make(_ name: String) throws(Failure) -> String {
        let folder = "\(path)/\(name)"
        try Self.make(folder)
        return folder
    }

    /// Makes a folder with those above; one that is there stays.
    public static func make(_ folder: String) throws(Failure) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            let reason = String(cString: strerror(errno))
            throw Failure(description: "\(folder): cannot be made: \(reason)")
        }
    }

    public static func remove(_ folder: String) {
        try? FileManager.default.removeItem(atPath: folder)
    }
}
