// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What is in a folder, by name; names that begin with a dot are left out.
struct Entries {
    /// Why a folder cannot be read.
    struct Failure: Error {
        let code: Int32
        var text: String { "cannot be read: \(String(cString: strerror(code)))" }
    }

    /// Something whose name is no text, so that no path can lead to it.
    struct Undecodable: Comparable {
        /// With `\xe4` for each byte that is not ASCII.
        let name: String
        let isFolder: Bool

        static func < (left: Undecodable, right: Undecodable) -> Bool { left.name < right.name }
    }

    /// Sorted; also what may be one and cannot be looked at.
    private(set) var folders: [String] = []
    /// All else, sorted.
    private(set) var files: [String] = []
    /// Those of `folders` that are symbolic links.
    private(set) var links: Set<String> = []
    /// Those of either kind with names that are not UTF-8, sorted.
    private(set) var undecodable: [Undecodable] = []
    /// What tells whether two paths lead to the same folder.
    let identity: String

    /// Follows symbolic links.
    init(of path: String) throws(Failure) {
        guard let stream = opendir(path) else { throw Failure(code: errno) }
        defer { closedir(stream) }
        var status = stat()
        guard fstat(dirfd(stream), &status) == 0 else { throw Failure(code: errno) }
        identity = "\(status.st_dev):\(status.st_ino)"
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            let bytes = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: UInt8.self, capacity: 256) { name in
                    Array(UnsafeBufferPointer(start: name, count: 256).prefix { $0 != 0 })
                }
            }
            guard bytes.first != UInt8(ascii: ".") else { continue }
            add(bytes, in: dirfd(stream), Int32(entry.pointee.d_type))
        }
        guard errno == 0 else { throw Failure(code: errno) }
        folders.sort()
        files.sort()
        undecodable.sort()
    }

    private mutating func add(_ bytes: [UInt8], in folder: Int32, _ type: Int32) {
        let kind = Self.kind(bytes, in: folder, type)
        guard let name = String(validating: bytes, as: UTF8.self) else {
            undecodable.append(
                Undecodable(name: Self.escaped(bytes), isFolder: kind.isFolder))
            return
        }
        if kind.isFolder { folders.append(name) } else { files.append(name) }
        if kind.isFolder, kind.isLink { links.insert(name) }
    }

    private static func kind(
        _ name: [UInt8], in folder: Int32, _ type: Int32
    ) -> (isFolder: Bool, isLink: Bool) {
        let name = name.map { CChar(bitPattern: $0) } + [0]
        var status = stat()
        guard fstatat(folder, name, &status, 0) == 0 else {
            // What may not be looked at may be a folder; a link that leads nowhere is none.
            return (errno == EACCES && type != Int32(DT_REG), false)
        }
        let isFolder = status.st_mode & S_IFMT == S_IFDIR
        let isLink =
            fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0
            && status.st_mode & S_IFMT == S_IFLNK
        return (isFolder, isLink)
    }

    private static func escaped(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            byte < 0x80 ? String(UnicodeScalar(byte)) : #"\x"# + String(byte, radix: 16)
        }.joined()
    }
}
