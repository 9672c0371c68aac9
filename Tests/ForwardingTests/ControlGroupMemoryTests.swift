// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import Forwarding

/// What control groups leave of memory, read from files as Linux writes them.
@Suite struct ControlGroupMemoryTests {
    /// A tree of groups: each path with its text.
    private func tree(_ files: [String: String]) throws -> TemporaryFolder {
        let root = try TemporaryFolder()
        for (path, text) in files {
            let file = URL(fileURLWithPath: "\(root.path)/\(path)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: false, encoding: .utf8)
        }
        return root
    }

    @Test func noGroupsAndNoLimitAreNoLimit() throws {
        let root = try tree(["a/memory.max": "max\n", "a/memory.current": "5\n"])
        for membership in [nil, "", "nonsense\n", "0::/\n", "0::/a\n", "0::/missing\n", "::::"] {
            #expect(ControlGroupMemory(membership: membership, root: root.path) == nil)
        }
    }

    @Test func theTightestOfAllGroupsAroundDecides() throws {
        let root = try tree([
            "memory.max": "max", "memory.current": "0",
            "slice/memory.max": "\(300 << 20)\n", "slice/memory.current": "\(280 << 20)\n",
            "slice/memory.stat": "anon 1\ninactive_file \(30 << 20)\nactive_file \(10 << 20)\n",
            "slice/app/memory.max": "\(200 << 20)\n", "slice/app/memory.current": "\(100 << 20)\n",
        ])
        let found = ControlGroupMemory(membership: "0::/slice/app\n", root: root.path)
        // 300 - 280 + 40 of files that can go: less than the 100 of the inner group.
        #expect(found?.group == "/slice")
        #expect(found?.limitMegabytes == 300)
        #expect(found?.availableMegabytes == 60)
    }

    @Test func version1HasItsOwnNames() throws {
        let root = try tree([
            "memory/memory.limit_in_bytes": "9223372036854771712\n",
            "memory/memory.usage_in_bytes": "1\n",
            "memory/box/memory.limit_in_bytes": "\(256 << 20)\n",
            "memory/box/memory.usage_in_bytes": "\(6 << 20)\n",
        ])
        let membership = "9:name=systemd:/\n4:cpu,memory:/box\n0::/\n"
        let found = ControlGroupMemory(membership: membership, root: root.path)
        #expect(found?.group == "/box")
        #expect(found?.availableMegabytes == 250)
    }

    @Test func aContainerSeesItsOwnGroupAtTheMount() throws {
        let root = try tree(["memory.max": "\(64 << 20)", "memory.current": "\(80 << 20)"])
        let found = ControlGroupMemory(membership: "0::/docker/1234\n", root: root.path)
        #expect(found?.group == "/")
        #expect(found?.availableMegabytes == 0)
    }

    /// A machine of 8,000 MB with a group of 256 MB, of which 96 are left, in both versions of groups.
    @Test(arguments: [
        [
            "proc/self/cgroup": "0::/box\n",
            "sys/fs/cgroup/box/memory.max": "268435456\n",
            "sys/fs/cgroup/box/memory.current": "167772160\n",
        ],
        [
            "proc/self/cgroup": "9:name=systemd:/\n4:memory:/box\n0::/\n",
            "sys/fs/cgroup/memory/box/memory.limit_in_bytes": "268435456\n",
            "sys/fs/cgroup/memory/box/memory.usage_in_bytes": "167772160\n",
        ],
    ])
    func theGroupCountsWhereItLeavesLessThanTheMachine(files: [String: String]) throws {
        let root = try tree(files.merging(["proc/meminfo": "MemAvailable:  8192000 kB\n"]) { $1 })
        let available = try #require(AvailableMemory(SystemFiles(root: root.path + "/")))
        #expect(available.megabytes == 96)
        #expect(available.shortage(of: 96) == nil)
        #expect(
            available.shortage(of: 97)?.description
                == "97 MB are needed, the control group /box has 96 of its 256 MB left; raise its limit "
                + "(MemoryMax= of a service, --memory of a container)")
    }

    @Test func theMachineCountsWhereNoGroupSetsALimitOrOneAboveIt() throws {
        for limit in ["max", "\(8 << 30)"] {
            let root = try tree([
                "proc/meminfo": "MemAvailable:  1024000 kB\n", "proc/self/cgroup": "0::/\n",
                "sys/fs/cgroup/memory.max": limit, "sys/fs/cgroup/memory.current": "167772160\n",
            ])
            let available = try #require(AvailableMemory(SystemFiles(root: root.path + "/")))
            #expect(available.megabytes == 1_000 && available.group == nil)
        }
    }
}
