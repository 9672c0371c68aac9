// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What the process's control groups leave it of memory: a container's or a service's limit. Linux kills
/// who goes beyond, at the first touch of a page, so that one has to look before.
struct ControlGroupMemory: Equatable {
    /// The group with the least memory to spare.
    let group: String
    let limitMegabytes: Int
    let availableMegabytes: Int

    /// Nil where no group sets a limit.
    /// - Parameters:
    ///   - membership: the text of `/proc/self/cgroup`.
    ///   - root: where the groups are found.
    init?(
        membership: String? = try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8),
        root: String = "/sys/fs/cgroup"
    ) {
        // Lines such as `0::/system.slice/x` (version 2) or `4:memory:/x` (version 1).
        let memberships = (membership ?? "").split(separator: "\n").compactMap { line in
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            return fields.count == 3 ? (controllers: fields[1], path: fields[2]) : nil
        }
        var found: [ControlGroupMemory] = []
        for (controllers, path) in memberships {
            if controllers.isEmpty {
                for mount in [root, root + "/unified"] {
                    found += Self.limits(mount, path, .version2)
                }
            } else if controllers.split(separator: ",").contains("memory") {
                found += Self.limits(root + "/memory", path, .version1)
            }
        }
        guard let tightest = found.min(by: { $0.availableMegabytes < $1.availableMegabytes }) else {
            return nil
        }
        self = tightest
    }

    private init(group: String, limitMegabytes: Int, availableMegabytes: Int) {
        self.group = group
        self.limitMegabytes = limitMegabytes
        self.availableMegabytes = availableMegabytes
    }

    private struct FileNames {
        let limit: String
        let usage: String

        static let version1 = FileNames(
            limit: "memory.limit_in_bytes", usage: "memory.usage_in_bytes")
        static let version2 = FileNames(limit: "memory.max", usage: "memory.current")
    }

    /// Those of a group and of all groups around it. In a container the path may be the one outside, and
    /// the group itself is at the mount.
    private static func limits(
        _ mount: String, _ path: Substring, _ names: FileNames
    ) -> [ControlGroupMemory] {
        let parts = path.split(separator: "/")
        return (0...parts.count).compactMap { count in
            let group = parts.prefix(count).map { "/" + $0 }.joined()
            let folder = mount + group
            guard let limit = number("\(folder)/\(names.limit)"),
                let usage = number("\(folder)/\(names.usage)"),
                // Version 1 has no word for “no limit” but a number that no machine has.
                limit < 1 << 50
            else { return nil }
            let free = max(0, limit - usage + reclaimable("\(folder)/memory.stat"))
            return ControlGroupMemory(
                group: group.isEmpty ? "/" : group, limitMegabytes: limit >> 20,
                availableMegabytes: min(free, limit) >> 20)
        }
    }

    private static func number(_ path: String) -> Int? {
        let text = try? String(contentsOfFile: path, encoding: .utf8)
        // `max` is no number, and no limit.
        return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// Bytes of files that are only in memory to be read again.
    private static func reclaimable(_ path: String) -> Int {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").reduce(0) { sum, line in
            let words = line.split(separator: " ")
            let counts = words.count == 2 && ["active_file", "inactive_file"].contains(words[0])
            return sum + (counts ? Int(words[1]) ?? 0 : 0)
        }
    }
}
