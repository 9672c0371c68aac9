// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import ProcessSupport
import Testing

/// Dropped frames of a daemon: net_null sends frames of zeros without end, which are for nobody.
@Suite struct DaemonDropsTests {
    static func flood(workers: Int) -> String {
        """
        version: 1
        forward: route
        workers: \(workers)
        ports:
          wan: {device: "vdev:net_null0", addresses: [192.0.2.1/24]}
          lan: {device: "vdev:net_null1,no-rx=1", addresses: [198.51.100.1/24]}

        """
    }

    @Test("the last frames are there while the drops go on", arguments: [1, 2])
    func flood(workers: Int) async throws {
        try await DaemonProcess.with(Self.flood(workers: workers)) { daemon in
            let first = try await firstAnswer {
                let reply = try await daemon.curl(
                    "/v1/drops/notForUs", as: DroppedFramesReply.self
                ).first
                return reply?.samples.count == 16 ? reply : nil
            }
            #expect(first != nil)
            for reply in try await daemon.curl(
                "/v1/drops/notForUs", as: DroppedFramesReply.self, times: 20)
            {
                // A frame that is replaced while it is read is left out.
                #expect((1...16).contains(reply.samples.count))
                for frame in reply.samples {
                    #expect(frame.reason == "notForUs" && frame.stage == "admit")
                    #expect(frame.port == "wan" && (0..<workers).contains(frame.worker))
                    #expect(frame.length == 64 && frame.bytes == String(repeating: "0", count: 128))
                    #expect(
                        frame.field
                            == .init(name: "ethernet.destination", value: "00:00:00:00:00:00"))
                    // The worker's own counter, in wall-clock time: of the last moments.
                    #expect((-1...60).contains(reply.time.seconds(since: frame.time)))
                }
            }
            let drops = try await daemon.query("drops", as: DropsReply.self)
            #expect(drops.keptPerReason == 16)
            let foreign = try #require(drops.reasons.first { $0.reason == "notForUs" })
            let after = try await daemon.stats()
            #expect(foreign.frames <= after.ledger.dropped["notForUs"] ?? 0)
            #expect(after.balanced)
        }
    }

    @Test("freeway drops lists reasons and frames, and writes captures")
    func verbs() async throws {
        try await DaemonProcess.with(Self.flood(workers: 1)) { daemon in
            let socket = ["--socket", daemon.socket]
            // The counters are published now and then, the frames at once.
            let kept = try await firstAnswer {
                let reply = try await daemon.curl("/v1/drops", as: DropsReply.self).first
                return reply?.reasons.first?.kept == 16 ? 16 : nil
            }
            #expect(kept == 16)
            let list = try await FreewayProcess.run(["drops"] + socket)
            #expect(list.code == 0, "\(list)")
            #expect(
                list.output.contains(#/REASON +FRAMES +BYTES +FRAMES/S +KEPT\nnotForUs +[0-9,]+ /#))
            let frames = try await FreewayProcess.run(
                ["drops", "notForUs"] + socket, environment: ["COLUMNS": "200"])
            #expect(frames.output.hasPrefix("notForUs: the destination MAC is another's; "))
            #expect(
                frames.output.contains(
                    /Z +wan +0 +admit +64 +00:00:00:00:00:00 > 00:00:00:00:00:00 0x0000 +ethernet\.dest/
                ))
            let none = try await FreewayProcess.run(["drops", "noRoute"] + socket)
            #expect(none.output == "noRoute: no route matches; 0 frames, 0 kept\n")

            let wrong = try await FreewayProcess.run(["drops", "notForUS"] + socket)
            #expect(wrong.code == 64)
            #expect(
                wrong.errors
                    == "freeway: there is no drop reason notForUS; did you mean notForUs?\n")

            let path = daemon.scratch.file("drops.pcapng")
            let written = try await FreewayProcess.run(
                ["drops", "notForUs", "--pcap", path] + socket)
            #expect(written.code == 0, "\(written)")
            let dump = try await PcapngDump(path: path)
            #expect(
                written.output == "\(dump.frames.count) frames of notForUs written to \(path)\n")
            #expect(dump.interfaces.map(\.name) == ["wan"])
            #expect(
                dump.frames.allSatisfy {
                    $0.comment
                        == "notForUs in admit: ethernet.destination 00:00:00:00:00:00 (worker 0)"
                        && $0.length == 64
                })
            let piped = daemon.scratch.file("piped.pcapng")
            let shell = try await FreewayProcess.run(
                [
                    "-c",
                    "\(FreewayBinary.path) drops notForUs --pcap - --socket "
                        + "\(daemon.socket) | cat > \(piped)",
                ], program: "bash")
            #expect(shell.code == 0 && shell.errors == "", "\(shell)")
            #expect(try await PcapngDump(path: piped).frames.count > 0)

            let refused = try await FreewayProcess.run(
                ["drops", "notForUs", "--pcap", "/nonexistent/x"] + socket)
            #expect(refused.code == 73)
            #expect(
                refused.errors
                    == "freeway: /nonexistent/x: cannot be created: No such file or directory\n")
            for (words, message) in [
                (["--pcap", "x"], "--pcap needs a reason: freeway drops REASON --pcap x"),
                (
                    ["noRoute", "--pcap", "x", "--json"],
                    "--pcap goes with neither --json nor --watch"
                ),
            ] {
                let usage = try await FreewayProcess.run(["drops"] + words)
                #expect(usage.code == 64)
                #expect(usage.errors.contains("freeway: \(message)"))
            }
        }
    }
}
