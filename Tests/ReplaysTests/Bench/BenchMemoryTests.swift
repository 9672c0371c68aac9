// SPDX-License-Identifier: Apache-2.0

import Foundation
import FreewayConfiguration
import TestSupport
import Testing

@testable import Forwarding
@testable import Replays

/// The memory bill of a bench, against what a machine has.
@Suite struct BenchMemoryTests {
    private func system(_ files: [String: String]) throws -> (TemporaryFolder, SystemFiles) {
        let folder = try TemporaryFolder()
        for (path, text) in files {
            let file = URL(fileURLWithPath: folder.path(path))
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        return (folder, SystemFiles(root: folder.url.path + "/"))
    }

    private func plan(routes: Int) throws -> Plan {
        var configuration = BenchConfiguration.builtIn(.route)
        configuration.memory = Configuration.Memory(pages: .ordinary, routes: routes)
        return try Plan(configuration: configuration, machine: Machine(allowedCPUs: [0, 1]))
    }

    @Test("a machine with less than the bill is told the bill")
    func tooLittle() throws {
        let (folder, system) = try system(["proc/meminfo": "MemAvailable:  51200 kB\n"])
        let text = try #require(Bench.shortage(try plan(routes: 1_000_000), system))
        #expect(text.contains("50 MB are available"))
        #expect(text.contains(/for 10000\d\d routes, twice/))
        #expect(text.contains("packet buffers"))
        withExtendedLifetime(folder) {}
    }

    @Test("a machine with enough is told nothing")
    func enough() throws {
        let (folder, system) = try system(["proc/meminfo": "MemAvailable:  8000000 kB\n"])
        #expect(Bench.shortage(try plan(routes: 1_000_000), system) == nil)
        withExtendedLifetime(folder) {}
    }
}
