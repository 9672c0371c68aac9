// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The calling thread's CPUs.
public enum AllowedCPUs {
    /// As the kernel writes them, such as `0-3,8`.
    public static var list: String {
        let status = try? String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)
        let key = "Cpus_allowed_list:"
        let line = status?.split(separator: "\n").first { $0.hasPrefix(key) }
        return line.map { $0.dropFirst(key.count).trimmingCharacters(in: .whitespaces) } ?? "0"
    }

    /// The kernel's id of the calling thread.
    public static var currentThread: Int32 {
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
        return link?.split(separator: "/").last.flatMap { Int32($0) } ?? 0
    }

    public static var first: Int { Int(list.prefix(while: \.isNumber)) ?? 0 }
}
