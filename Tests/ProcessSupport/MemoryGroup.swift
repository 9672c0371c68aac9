// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// A control group of Linux that limits a program's memory, as a container or a service does.
public final class MemoryGroup: Sendable {
    private let folder: String

    /// Whether this process may make such groups.
    public static let canBeMade = MemoryGroup(megabytes: 64) != nil

    /// Nil where groups are out of reach.
    public init?(megabytes: Int) {
        let name = "freeway-test-\(getpid())-\(UUID().uuidString.prefix(8))"
        let roots = [
            ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max"),
        ]
        for (root, limit) in roots {
            let folder = "\(root)/\(name)"
            guard mkdir(folder, 0o755) == 0 else { continue }
            let value = "\(megabytes << 20)"
            if access("\(folder)/\(limit)", W_OK) == 0,
                (try? value.write(toFile: "\(folder)/\(limit)", atomically: false, encoding: .utf8))
                    != nil
            {
                self.folder = folder
                return
            }
            rmdir(folder)
        }
        return nil
    }

    deinit { rmdir(folder) }

    /// The words that run a program in the group.
    public var wrapper: [String] {
        ["sh", "-c", "echo $$ > \(folder)/cgroup.procs && exec \"$@\"", "sh"]
    }

    public var name: String { (folder as NSString).lastPathComponent }
}
