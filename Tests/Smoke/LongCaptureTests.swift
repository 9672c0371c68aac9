// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import ProcessSupport
import Testing

/// Captures that take long to be read, before anything else starts.
@Suite struct LongCaptureTests {
    /// A capture of 8 GB that takes no room on the disk: a header (pcap-savefile(5)), and frames of no bytes.
    private func sparseCapture(_ path: String) throws {
        var header: [UInt8] = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        header += [0, 0, 4, 0, 1, 0, 0, 0]
        try Data(header).write(to: URL(fileURLWithPath: path))
        try #require(truncate(path, 8 << 30) == 0)
    }

    @Test(
        "on a terminal a line says how far the reading has come, and Ctrl-C ends it",
        arguments: ["replay", "run"])
    func progress(verb: String) async throws {
        let scratch = ScratchFolder()
        let capture = scratch.file("long.pcap")
        try sparseCapture(capture)
        let config = try scratch.write(
            BusyConfiguration.wire(
                verb == "run" ? "pcap:\(capture)" : "vdev:net_null0", "vdev:net_null1"),
            to: "config.yaml")
        let words =
            verb == "run"
            ? "run \(config) --socket \(scratch.file("socket"))"
            : "replay \(config) --in left=\(capture)"
        let process = try FreewayProcess(
            ["-qfec", "exec \(FreewayBinary.path) \(words)", "/dev/null"], program: "script")
        let isShown: Bool? = await firstAnswer(within: .seconds(60)) {
            process.output.contains(/reading long\.pcap: \d+\.\d %/) ? true : nil
        }
        #expect(isShown == true, "\(process.output)")
        let children = try String(
            contentsOfFile: "/proc/\(process.pid)/task/\(process.pid)/children", encoding: .utf8)
        let child = try #require(children.split(separator: " ").first.flatMap { Int32($0) })
        kill(child, SIGINT)
        let outcome = try await process.outcome(within: .seconds(30))
        #expect(outcome.code == 130, "\(outcome)")
        #expect(outcome.leftovers == [])
    }
}
