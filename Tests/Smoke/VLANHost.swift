// SPDX-License-Identifier: Apache-2.0

import Foundation
import ProcessSupport
import Testing

/// Has a host of `TwoHosts` speak on a VLAN: this needs no VLAN interfaces in the kernel, which not every one has.
enum VLANHost {
    /// Whether the compiler makes programs for the kernel: Swift's own clang does.
    static let isPossible: Bool = {
        guard let clang else { return false }
        let folder = ScratchFolder()
        let outcome = try? compile(
            clang, ["-DOUTER=1", "-DTYPE=0x8100"], into: folder.file("probe.o"))
        return outcome ?? false
    }()

    private static let clang: String? = {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").map { "\($0)/clang" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    private static let source = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appendingPathComponent("vlan-tags.c").path

    private static func compile(_ clang: String, _ tags: [String], into file: String) throws -> Bool
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: clang)
        process.arguments = ["-target", "bpf", "-O2", "-c", source, "-o", file] + tags
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    /// - Parameters:
    ///   - tags: identifiers, the outer one first.
    ///   - type: of the outer tag.
    static func tag(
        _ host: TwoHosts.Host, of hosts: TwoHosts, in folder: ScratchFolder, _ tags: [Int],
        type: Int = 0x8100
    ) async throws {
        let clang = try #require(clang)
        let file = folder.file("\(host.rawValue).o")
        let words =
            ["-DOUTER=\(tags[0])", "-DTYPE=\(type)"] + tags.dropFirst().map { "-DINNER=\($0)" }
        try #require(try compile(clang, words, into: file))
        try await hosts.shell(
            """
            tc -n $\(host.rawValue) qdisc add dev eth0 clsact
            tc -n $\(host.rawValue) filter add dev eth0 egress bpf da obj \(file) sec tc_push
            tc -n $\(host.rawValue) filter add dev eth0 ingress bpf da obj \(file) sec tc_pop
            """)
    }
}
