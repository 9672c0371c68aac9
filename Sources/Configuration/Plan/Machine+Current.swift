// SPDX-License-Identifier: Apache-2.0

import Foundation

extension Machine {
    /// The machine as this process sees it now.
    ///
    /// Call it before EAL starts: `rte_eal_init` pins the calling thread, and the threads that it
    /// makes afterwards inherit that.
    public static func current() -> Machine {
        Machine(
            allowedCPUs: allowedCPUs(),
            isolatedCPUs: firstLine(of: "/sys/devices/system/cpu/isolated").map(cpus(inList:))
                ?? [],
            hugepages: freeHugepages(in: "/sys/kernel/mm/hugepages"),
            numaNodes: nodes(in: "/sys/devices/system/node"))
    }

    /// The calling thread's affinity, which the C library shows to Swift only as text.
    private static func allowedCPUs() -> [Int] {
        let status =
            (try? String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)) ?? ""
        let key = "Cpus_allowed_list:"
        let list = status.split(separator: "\n").first { $0.hasPrefix(key) }?.dropFirst(key.count)
        let allowed = list.map { cpus(inList: $0.trimmingCharacters(in: .whitespaces)) } ?? []
        return allowed.isEmpty
            ? Array(0..<ProcessInfo.processInfo.activeProcessorCount) : allowed
    }

    private static func freeHugepages(in folder: String) -> [Hugepages] {
        numbers(in: folder, prefix: "hugepages-", suffix: "kB").compactMap { size in
            firstLine(of: "\(folder)/hugepages-\(size)kB/free_hugepages").flatMap { Int($0) }.map {
                Hugepages(kibibytes: size, free: $0)
            }
        }
    }

    private static func nodes(in folder: String) -> [NUMANode] {
        numbers(in: folder, prefix: "node", suffix: "").map { index in
            NUMANode(
                index: index,
                cpus: firstLine(of: "\(folder)/node\(index)/cpulist").map(cpus(inList:)) ?? [])
        }
    }

    /// The numbers between prefix and suffix in the names of a folder's entries, rising.
    private static func numbers(in folder: String, prefix: String, suffix: String) -> [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.compactMap { name in
            guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return nil }
            return Int(decimal: name.dropFirst(prefix.count).dropLast(suffix.count))
        }.sorted()
    }

    private static func firstLine(of path: String) -> String? {
        (try? String(contentsOfFile: path, encoding: .utf8))?
            .split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init)
    }

    /// Parses the kernel's list format, such as `0-3,8`.
    static func cpus(inList list: String) -> [Int] {
        list.split(separator: ",").flatMap { part -> [Int] in
            let ends = part.split(separator: "-").compactMap { Int(decimal: $0) }
            switch (ends.count, ends.first, ends.last) {
            case (1, let cpu?, _): return [cpu]
            case (2, let first?, let last?) where first <= last && last < 1 << 20:
                return Array(first...last)
            default: return []
            }
        }
    }
}
