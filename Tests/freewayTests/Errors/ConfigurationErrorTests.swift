// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import ProcessSupport
import Testing

/// A wrong configuration stops every verb that reads it, in the same words, with nothing left behind.
@Suite struct ConfigurationErrorTests {
    @Test("each fault is named with its place and the way out", arguments: ConfigurationFault.all)
    func fault(_ fault: ConfigurationFault) async throws {
        let scratch = ScratchFolder()
        let path = try scratch.write(fault.yaml, to: "config.yaml")
        let expected = fault.lines.map { "\(path)\($0)\n" }.joined()
        for words in [
            ["check", path], ["run", path, "--socket", scratch.file("socket")],
            [
                "replay", path, "--in", "left=\(Repository.capture("cross-connect/left.in.pcap"))",
                "--out", "right=\(scratch.file("out.pcap"))",
            ],
        ] {
            let outcome = try await FreewayProcess.run(words)
            #expect(outcome.code == 78, "\(outcome)")
            #expect(outcome.errors == expected)
            #expect(outcome.output == "")
            #expect(outcome.leftovers == [])
            #expect(scratch.names == ["config.yaml"])
        }
    }

    @Test("a configuration that cannot be read ends with 66")
    func unreadable() async throws {
        let scratch = ScratchFolder()
        for (path, reason) in [
            (scratch.file("no.yaml"), "No such file or directory"),
            (scratch.path, "Is a directory"),
        ] {
            for words in [["check", path], ["run", path], ["replay", path, "--in", "left=x"]] {
                let outcome = try await FreewayProcess.run(words)
                #expect(outcome.code == 66)
                #expect(outcome.errors == "freeway: \(path): cannot be read: \(reason)\n")
                #expect(outcome.leftovers == [])
            }
        }
    }

    @Test(
        "a configuration that the user may not read ends with 66",
        .enabled(if: Conditions.canRunAsNobody, "needs root, to become an ordinary user"))
    func forbidden() async throws {
        let scratch = ScratchFolder(isOpen: true)
        let path = try scratch.write("version: 1\n", to: "config.yaml")
        chmod(path, 0o600)
        let outcome = try await FreewayProcess.run(
            ["check", path], through: Conditions.asNobody)
        #expect(outcome.code == 66)
        #expect(outcome.errors == "freeway: \(path): cannot be read: Permission denied\n")
    }

    @Test(
        "every configuration in config/ is good, and its plan is shown",
        arguments: ["cross-connect", "router", "nic-10g"])
    func readyConfigurations(name: String) async throws {
        let outcome = try await FreewayProcess.run(["check", "config/\(name).yaml"])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.errors == "")
        #expect(outcome.output.contains("\nlcore  role") && outcome.output.contains("\nmemory"))
        let json = try await FreewayProcess.run(["check", "config/\(name).yaml", "--json"])
        #expect(json.code == 0)
        let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
        #expect((object as? [String: Any])?["memory"] != nil)
    }
}
