// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Where an output goes while it is written, and where it is found afterwards: a file beside the path
/// takes its place once it is complete, so that a run that fails leaves no half-written capture.
struct OutputFile {
    let path: String
    /// The file to write to.
    let writtenPath: String
    /// Where the path leads: a symbolic link stays, and the file that it names is replaced.
    private let target: String
    /// False for a device such as /dev/null or a pipe, which is written to and never replaced.
    private let isReplaced: Bool

    /// - Throws: `CaptureError` when the path is a directory.
    init(path: String) throws(CaptureError) {
        self.path = path
        var status = stat()
        let exists = stat(path, &status) == 0
        if exists, status.st_mode & S_IFMT == S_IFDIR {
            throw CaptureError(.unwritable, path, "is a directory")
        }
        isReplaced = !exists || status.st_mode & S_IFMT == S_IFREG
        target = isReplaced ? Self.followed(path) : path
        writtenPath = isReplaced ? "\(target).\(getpid()).part" : path
    }

    /// Puts the file in its place.
    func publish() throws(CaptureError) {
        guard !isReplaced || rename(writtenPath, target) == 0 else {
            throw CaptureError(.unwritable, path, String(cString: strerror(errno)))
        }
    }

    /// Removes what was written.
    func discard() {
        if isReplaced { unlink(writtenPath) }
    }

    /// The end of a chain of symbolic links, which need not exist; the path itself when it is none.
    private static func followed(_ path: String) -> String {
        var path = path
        for _ in 0..<40 {
            var name = [UInt8](repeating: 0, count: Int(PATH_MAX))
            let count = readlink(path, &name, name.count)
            guard count > 0 else { break }
            let next = String(decoding: name.prefix(count), as: UTF8.self)
            let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
            path = next.hasPrefix("/") ? next : folder + next
        }
        return path
    }
}
