// SPDX-License-Identifier: Apache-2.0

import Foundation
import ProcessSupport
import Testing

/// `freeway doctor` on the machine that runs the tests.
@Suite struct DoctorCommandTests {
    @Test("--attach without a configuration has no devices to ask")
    func attachAlone() async throws {
        let outcome = try await FreewayProcess.run(["doctor", "--attach"])
        #expect(outcome.code == 64)
        #expect(outcome.errors.contains("--attach asks the devices of a configuration"))
    }

    @Test("a configuration with an error is refused as check refuses it")
    func badConfiguration() async throws {
        let scratch = ScratchFolder()
        let path = try scratch.write("version: 1\nforward: rout\n", to: "config.yaml")
        let outcome = try await FreewayProcess.run(["doctor", path])
        #expect(outcome.code == 78)
        #expect(outcome.errors.contains("did you mean \"route\""))
    }

    @Test(
        "a card that this machine does not have is bad, with the command that lists what there is")
    func missingCard() async throws {
        let outcome = try await FreewayProcess.run([
            "doctor", Repository.path("config/nic-10g.yaml"), "--json",
        ])
        #expect(outcome.code == 1)
        let findings = try findings(outcome)
        let card = try #require(
            findings.first {
                $0["text"]?.hasSuffix("there is no PCI device 0000:3b:00.0") == true
            })
        #expect(card["state"] == "bad")
        #expect(card["remedy"] == "lspci -D lists those there are")
    }

    @Test("virtual devices run here, and their drivers tell their queues")
    func virtualDevices() async throws {
        let scratch = ScratchFolder()
        let path = try scratch.write(
            """
            version: 1
            forward: cross-connect
            workers: 1
            memory: {pages: ordinary}
            ports:
              left: {device: "vdev:net_null0"}
              right: {device: "vdev:net_null1"}
            crossConnect: [[left, right]]
            control: {socket: "\(scratch.path)/freeway.sock"}

            """, to: "config.yaml")
        let outcome = try await FreewayProcess.run(["doctor", path, "--attach", "--json"])
        #expect(outcome.code == 0, "\(outcome)")
        let left = try #require(try findings(outcome).first { $0["topic"] == "ports.left" })
        #expect(left["state"] == "good")
        // net_null has 1,024 queues and the Toeplitz hash in DPDK 22.11.
        #expect(
            left["text"]?.contains(
                "driver net_null: up to 1024 receive and 1024 transmit queues, RSS") == true)
    }

    @Test("for a person each finding is a line with its remedy below, and a summary ends it")
    func table() async throws {
        let outcome = try await FreewayProcess.run(["doctor"])
        #expect([0, 1].contains(outcome.code))
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.contains { $0.contains("  dpdk ") && $0.contains("built with DPDK ") })
        #expect(lines.last?.contains("here") == true || lines.last == "all good")
    }

    private func findings(_ outcome: ProcessOutcome) throws -> [[String: String]] {
        let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
        let report = try #require(object as? [String: Any])
        #expect(report["schemaVersion"] as? Int == 1)
        return try #require(report["findings"] as? [[String: String]])
    }
}
