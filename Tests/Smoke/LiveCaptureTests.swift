// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import ProcessSupport
import Testing

/// Captures that a running forwarder reads, as other tools make them.
@Suite struct LiveCaptureTests {
    @Test(
        "pcap: reads what the device's driver cannot read by itself",
        arguments: [
            "cat pcapng/two-snap-lengths.pcapng", "gzip -c pcapng/sections-of-both-orders.pcapng",
            "gzip -c real/zeek-5-pings.pcap",
        ])
    func foreign(maker: String) async throws {
        let frames = ["two": 2, "sections": 3, "zeek": 10].first { maker.contains($0.key) }?.value
        let scratch = ScratchFolder()
        let capture = scratch.file("in.cap")
        let made = try await FreewayProcess.run(
            ["-c", "\(maker) > \"$0\"", capture], program: "bash",
            directory: Repository.path("Tests/Captures"))
        try #require(made.code == 0, "\(made)")
        let file = """
            version: 1
            forward: cross-connect
            workers: 1
            ports:
              left: {device: "pcap:\(capture)"}
              right: {device: "vdev:net_null1,no-rx=1"}
            crossConnect: [[left, right]]

            """
        try await DaemonProcess.with(file) { daemon in
            let received = try await firstAnswer {
                let received = try await daemon.stats().ports["left"]?.received ?? 0
                return received >= frames ?? 0 ? received : nil
            }
            #expect(received == frames.map { UInt64($0) })
        }
    }

    @Test(
        "a driver that is named itself gets its file as it is, so that one it cannot read is refused"
    )
    func namedDriver() async throws {
        let path = Repository.capture("pcapng/two-snap-lengths.pcapng")
        let scratch = ScratchFolder()
        let file = try scratch.write(
            """
            version: 1
            forward: cross-connect
            workers: 1
            ports:
              left: {device: "vdev:net_pcap0,rx_pcap=\(path)"}
              right: {device: "vdev:net_null1,no-rx=1"}
            crossConnect: [[left, right]]

            """, to: "router.yaml")
        let outcome = try await FreewayProcess.run([
            "run", file, "--socket", scratch.file("socket"),
        ])
        #expect(outcome.code == 65, "\(outcome)")
        #expect(
            outcome.errors.contains(
                "ports.left.device: \(path): net_pcap reads no such capture by itself; name it as device: "
                    + "pcap:\(path)"))
    }
}
