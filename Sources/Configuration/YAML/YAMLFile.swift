// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Reads YAML files, with the errors of a configuration.
package enum YAMLFile {
    /// The tree of a file; `nil` when it has no document.
    package static func tree(path: String) throws(ConfigurationErrors) -> YAMLNode? {
        try tree(of: contents(of: path), path: path)
    }

    /// Bytes of memory that a value takes while a file is read and decoded: 75 in a file of routes, 35 in one of
    /// short texts, and half as many again.
    private static let valueBytes = 112

    /// The tree of a text in UTF-8; `path` is what messages call it.
    /// - Parameter memory: bytes that reading it may take; nil for any.
    package static func tree(
        of bytes: [UInt8], path: String, memory: Int? = nil
    ) throws(ConfigurationErrors) -> YAMLNode? {
        var limits = YAMLReader.Limits()
        if let memory, memory / valueBytes < limits.values {
            limits.values = memory / valueBytes
            limits.valuesReason =
                "take more than the \(memory >> 20) MB of memory that are left; write less, or free some"
        }
        do throws(YAMLReader.Failure) {
            return try YAMLReader.read(bytes, limits: limits)
        } catch {
            throw ConfigurationErrors([
                Diagnostic(path: path, location: error.location, message: error.message)
            ])
        }
    }

    /// The bytes of a file, or a few more than the limit of one that is too large.
    static func contents(of path: String) throws(ConfigurationErrors) -> [UInt8] {
        func failure() -> ConfigurationErrors {
            let reason = String(cString: strerror(errno))
            return ConfigurationErrors(
                kind: .unreadable,
                [Diagnostic(path: path, message: "cannot be read: \(reason)")])
        }
        guard let file = fopen(path, "rb") else { throw failure() }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= YAMLReader.Limits().bytes {
            let count = fread(&buffer, 1, buffer.count, file)
            guard count > 0 else {
                if ferror(file) != 0 { throw failure() }
                break
            }
            bytes += buffer[..<count]
        }
        return bytes
    }
}
