// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Glibc
import ProcessSupport
import Testing

/// Disks that fill up, and files that become longer than they may, while captures are written.
@Suite struct FullDiskTests {
    private static let capture = Repository.capture("real/zeek-wikipedia.pcap")
    /// Bytes of it without its header: what a cross-connect sends of it.
    private static let captureBytes =
        ((try? FileManager.default.attributesOfItem(atPath: capture))?[.size] as? Int ?? 0)

    @Test(
        "a replay whose output may not be that long says so, and leaves no file",
        arguments: [0, 1, 4, 16])
    func fileSize(kibibytes: Int) async throws {
        let scratch = ScratchFolder()
        let outcome = try await FreewayProcess.run(
            [
                "replay", "config/cross-connect.yaml", "--in", "left=\(Self.capture)",
                "--out", "right=\(scratch.file("right.pcap"))",
            ],
            through: [
                "bash", "-c",
                "(ulimit -f \(kibibytes); exec \"$@\") 2>&1 | cat; exit ${PIPESTATUS[0]}", "bash",
            ])
        #expect(outcome.code == 73, "\(outcome)")
        #expect(outcome.output.contains("right.pcap: File too large"), "\(outcome)")
        #expect(scratch.names == [])
    }

    @Test(
        "a replay onto a disk of any size leaves all of its capture, or none and exit 73",
        .enabled(if: SmallDisk.canBeMounted, "needs the right to mount"))
    func everySize() async throws {
        let whole = (Self.captureBytes + 4095) / 4096
        for pages in [1, 2, whole / 2, whole - 1, whole, whole + 2] {
            let disk = try #require(SmallDisk(kibibytes: 4 * pages))
            let outcome = try await FreewayProcess.run([
                "replay", "config/cross-connect.yaml", "--in", "left=\(Self.capture)",
                "--out", "right=\(disk.file("right.pcap"))",
            ])
            #expect([0, 73].contains(outcome.code), "\(outcome)")
            #expect(disk.names == (outcome.code == 0 ? ["right.pcap"] : []))
            if outcome.code == 0 {
                let size =
                    try FileManager.default.attributesOfItem(
                        atPath: disk.file("right.pcap"))[.size] as? Int
                #expect(size == Self.captureBytes)
            }
        }
    }

    /// A capture comes in on one port and leaves by another, which keeps it.
    private static func keeping(_ path: String) -> String {
        """
        version: 1
        forward: cross-connect
        workers: 1
        ports:
          left: {device: "pcap:\(capture)"}
          right: {device: "pcap:\(capture),output=\(path)"}
        crossConnect: [[left, right]]

        """
    }

    /// Waits until all frames have left by the port.
    private func waitForFrames(_ daemon: DaemonProcess) async throws -> PortTotals {
        let totals = try await firstAnswer {
            let stats = try await daemon.stats()
            guard let left = stats.ports["left"], let right = stats.ports["right"],
                left.received > 0, left.received == right.transmitted
            else { return PortTotals?.none }
            return right
        }
        return try #require(totals)
    }

    @Test("output= of a live port holds what the ledger calls transmitted")
    func deviceOutput() async throws {
        try await MachineTurn.shared.take {
            let scratch = ScratchFolder()
            let path = scratch.file("out.pcap")
            let daemon = try await DaemonProcess.start(Self.keeping(path))
            let totals = try await waitForFrames(daemon)
            #expect(!FileManager.default.fileExists(atPath: path), "it is not whole yet")
            try await daemon.stop()
            let size =
                try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
            // A header, and for each frame one of its own: pcap-savefile(5).
            #expect(size == 24 + 16 * Int(totals.transmitted) + Int(totals.transmittedBytes))
            #expect(scratch.names == ["out.pcap"])
        }
    }

    @Test(
        "output= on a full disk: the log says so at once, the forwarder goes on, and ends with 73",
        .enabled(if: SmallDisk.canBeMounted, "needs the right to mount"))
    func deviceOutputOnAFullDisk() async throws {
        let disk = try #require(SmallDisk(kibibytes: 16))
        try await endsWith(
            73, saying: "No space left on device", Self.keeping(disk.file("out.pcap")))
        #expect(disk.names == [])
    }

    @Test("output= that may not be that long: the same")
    func deviceOutputTooLong() async throws {
        let scratch = ScratchFolder()
        try await endsWith(
            73, saying: "File too large", Self.keeping(scratch.file("out.pcap")),
            through: ["bash", "-c", "ulimit -f 16; exec \"$@\"", "bash"])
        #expect(scratch.names == [])
    }

    private func endsWith(
        _ code: Int32, saying reason: String, _ yaml: String, through wrapper: [String] = []
    ) async throws {
        try await MachineTurn.shared.take {
            let daemon = try await DaemonProcess.start(yaml, through: wrapper)
            _ = try await waitForFrames(daemon)
            let hasSaid: Bool? = await firstAnswer {
                daemon.process.errors.contains("ports.right.device: output=") ? true : nil
            }
            #expect(hasSaid == true, "\(daemon.process.errors)")
            daemon.process.send(SIGTERM)
            let outcome = try await daemon.process.outcome(within: .seconds(30))
            #expect(outcome.code == code, "\(outcome)")
            #expect(
                outcome.errors.contains("\(reason); the frames that the port sent are in no file"))
            #expect(outcome.output.contains(/\nbalanced +yes\n/), "the ledger comes all the same")
            #expect(outcome.leftovers == [])
        }
    }
}
