// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The groups of users that this machine knows, from `/etc/group` or wherever else its C library looks.
enum SystemGroup {
    /// The number of a group; nil when there is none of this name. Any thread.
    static func identifier(_ name: String) -> gid_t? {
        var entry = group()
        var found: UnsafeMutablePointer<group>?
        var buffer = [CChar](repeating: 0, count: 1 << 16)
        guard getgrnam_r(name, &entry, &buffer, buffer.count, &found) == 0 else { return nil }
        return found.map { $0.pointee.gr_gid }
    }

    /// What is wrong with a group that is none, and what mends it.
    static func absence(_ name: String) -> (lack: String, remedy: String) {
        ("there is no group \"\(name)\"", "sudo groupadd --system \(name)")
    }
}
