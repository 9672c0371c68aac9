// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Which file a path names: its device and inode.
struct FileIdentity: Equatable {
    let device: dev_t
    let inode: ino_t
    let isSocket: Bool

    /// Does not follow a symbolic link. Returns `nil` with `errno` set when `lstat` fails.
    init?(path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        device = status.st_dev
        inode = status.st_ino
        isSocket = status.st_mode & S_IFMT == S_IFSOCK
    }
}
