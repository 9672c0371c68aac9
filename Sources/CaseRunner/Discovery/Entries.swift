// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What is in a folder, by name; names that begin with a dot are left out.
struct Entries {
    /// Why a folder cannot be read.
    struct Failure: Error {
        let code: Int32
        var text: String { "cannot be read: \(String(cString: strerror(code)))" }
    }

    /// Sorted.
    let folders: [String]
    /// All else, sorted.
    let files: [String]
    /// Those of `folders` that are symbolic links.
    let links: Set<String>
    /// What tells whether two paths lead to the same folder.
    let identity: String

    /// Follows symbolic links.
    init(of path: String) throws(Failure) {
        guard let stream = opendir(path) else { throw Failure(code: errno) }
        defer { closedir(stream) }
        var status = stat()
        guard fstat(dirfd(stream), &status) == 0 else { throw Failure(code: errno) }
        identity = "\(status.st_dev):\(status.st_ino)"
        var folders: [String] = []
        var files: [String] = []
        var links: Set<String> = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard !name.hasPrefix(".") else { continue }
            var status = stat()
            let isFolder =
                stat("\(path)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
            if isFolder { folders.append(name) } else { files.append(name) }
            if isFolder, lstat("\(path)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFLNK
            {
                links.insert(name)
            }
        }
        self.links = links
        self.folders = folders.sorted()
        self.files = files.sorted()
    }
}
