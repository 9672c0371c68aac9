// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ControlPlane

/// What control groups leave of memory, read from files as Linux writes them.
@Suite struct ControlGroupMemoryTests {
    /// A tree of groups: each path with its text.
    private func tree(_ files: [String: String]) throws -> TemporaryDirectory {
        let root = try TemporaryDirectory()
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
}
