// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A file without a name, for what cannot be read twice where it is: it is gone when the value is, and however the
/// process ends. Bounded, whatever is put into it.
final class SpoolFile: @unchecked Sendable {
    /// How much may be put into one.
    struct Limit: Sendable {
        var bytes: Int
        /// What a message says of it.
        var reason: String

        /// Half of what is free in the folder.
        static func half(of folder: String) -> Limit {
            var status = statvfs()
            guard statvfs(folder, &status) == 0 else { return Limit(bytes: 0, reason: "") }
            let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
            return Limit(
                bytes: Int(clamping: free / 2), reason: "half of what is free in \(folder)")
        }
    }

    /// What messages call the capture.
    private let name: String
    private let descriptor: Int32
    private let limit: Limit
    private(set) var byteCount = 0
    private var buffer: [UInt8] = []
    private static let bufferBytes = 1 << 18

    /// Where temporary files go: `TMPDIR`, or /tmp.
    static var folder: String {
        guard let value = getenv("TMPDIR").map({ String(cString: $0) }), !value.isEmpty else {
            return "/tmp"
        }
        return value
    }

    /// - Parameters:
    ///   - name: what messages call the capture.
    ///   - limit: nil for half of what is free.
    /// - Throws: `CaptureError` when no file can be made.
    init(for name: String, limit: Limit? = nil) throws(CaptureError) {
        self.name = name
        let folder = Self.folder
        self.limit = limit ?? .half(of: folder)
        var descriptor = open(folder, O_RDWR | __O_TMPFILE | O_CLOEXEC, 0o600)
        if descriptor < 0 {
            // Not every file system has files without a name from the beginning.
            var template = Array("\(folder)/freeway-XXXXXX".utf8CString)
            descriptor = mkstemp(&template)
            if descriptor >= 0 {
                unlink(template)
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            }
        }
        guard descriptor >= 0 else {
            throw CaptureError(
                .unwritable, folder,
                "cannot make a temporary file for \(name): \(String(cString: strerror(errno))); "
                    + "set TMPDIR to a folder that can be written")
        }
        self.descriptor = descriptor
        buffer.reserveCapacity(Self.bufferBytes)
    }

    deinit { close(descriptor) }

    /// Leads to the file as long as the value lives, in this process.
    var path: String { "/proc/self/fd/\(descriptor)" }

    /// The same for other processes of this user.
    var sharedPath: String { "/proc/\(getpid())/fd/\(descriptor)" }

    func add(_ bytes: UnsafeRawBufferPointer) throws(CaptureError) {
        guard byteCount + bytes.count <= limit.bytes else {
            throw shortage(
                "takes more than \(limit.bytes >> 20) MB of temporary space, \(limit.reason)")
        }
        byteCount += bytes.count
        buffer += bytes
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    /// Writes what is buffered. Nothing is seen of it before.
    func flush() throws(CaptureError) {
        var written = 0
        while written < buffer.count {
            let count = buffer.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw shortage(
                    "its copy in \(Self.folder) cannot be written: "
                        + String(cString: strerror(errno)))
            }
            written += count
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private func shortage(_ what: String) -> CaptureError {
        CaptureError(
            .unwritable, name,
            "\(what); set TMPDIR to a folder with more, or cut the capture into parts "
                + "(editcap -c 1000000)")
    }
}
