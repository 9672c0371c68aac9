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
    /// - Parameter limit: how long a pipe may keep its reader waiting; nil for ever.
    static func contents(
        of path: String, within limit: Duration? = nil
    ) throws(ConfigurationErrors) -> [UInt8] {
        func failure(_ reason: String = String(cString: strerror(errno))) -> ConfigurationErrors {
            ConfigurationErrors(
                kind: .unreadable,
                [Diagnostic(path: path, message: "cannot be read: \(reason)")])
        }
        // Opening a named pipe would wait for a writer.
        let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { throw failure() }
        defer { close(file) }
        let deadline = limit.map { ContinuousClock.now + $0 }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= YAMLReader.Limits().bytes {
            var ready = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
            var left: Int32 = -1
            if let deadline {
                left = max(0, Int32((deadline - ContinuousClock.now) / .milliseconds(1)))
            }
            if poll(&ready, 1, left) == 0, let limit {
                throw failure(slowness(limit))
            }
            let count = read(file, &buffer, buffer.count)
            if count < 0, errno == EAGAIN || errno == EINTR { continue }
            guard count >= 0 else { throw failure() }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return bytes
    }

    /// What is said of a file that gives nothing for so long.
    static func slowness(_ limit: Duration) -> String {
        "it kept its reader waiting for \(Int(limit / .seconds(1))) s, as a named pipe without a writer does, "
            + "or a file system whose server is gone"
    }
}
