// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import Testing

/// Every error of a file, with its exact text.
@Suite struct ErrorTests {
    @Test(arguments: Faults.theFileAsAWhole) func theFileAsAWhole(fault: Fault) {
        #expect(errors(fault.yaml) == fault.lines)
    }

    @Test(arguments: ["", "\n\n", "# nothing\n", "---\n", "~\n", "null\n"])
    func emptiness(yaml: String) {
        #expect(
            errors(yaml) == [
                "f.yaml: holds no configuration; start with \"version: 1\""
                    + " (docs/configuration.md shows the rest)"
            ])
    }

    @Test(arguments: Faults.keysAndTypes) func keysAndTypes(fault: Fault) {
        #expect(errors(fault.yaml) == fault.lines)
    }

    @Test(arguments: Faults.settings) func settings(fault: Fault) {
        #expect(errors(fault.yaml) == fault.lines)
    }

    @Test(arguments: Faults.ports) func ports(fault: Fault) {
        #expect(errors(fault.yaml) == fault.lines)
    }

    @Test(arguments: Faults.crossConnects) func crossConnects(fault: Fault) {
        #expect(errors(fault.yaml) == fault.lines)
    }

    @Test(arguments: Faults.routes) func routes(fault: Fault) {
        #expect(errors(fault.yaml) == fault.lines)
    }

    @Test(arguments: Faults.hash) func hash(fault: Fault) {
        #expect(errors(fault.yaml) == fault.lines)
    }

    @Test(arguments: Faults.neighbours) func neighbours(fault: Fault) {
        #expect(errors(fault.yaml) == fault.lines)
    }

    @Test func tooManyPorts() {
        let ports = (0..<33).map { "  p\($0): {device: tap:t\($0)}\n" }.joined()
        #expect(
            errors("version: 1\nforward: route\nports:\n" + ports) == [
                "f.yaml:36:3: ports.p32: port 33; DPDK has room for 32 ports"
            ])
    }

    @Test func nothingIsSaidOfNextHopsWhileThePortsAreWrong() {
        let yaml = """
            version: 1
            forward: route
            ports: {wan: {device: tap:x, adresses: [192.0.2.1/24]}}
            routes: [{to: 10.0.0.0/8, via: 192.0.2.9}]
            neighbours: [{port: wan, address: 192.0.2.9, mac: 02:00:00:00:00:09}]
            """
        #expect(
            errors(yaml) == [
                "f.yaml:3:30: ports.wan.adresses: unknown key; did you mean \"addresses\"?"
            ]
        )
    }

    @Test func unreadableFiles() {
        let missing = #expect(throws: ConfigurationErrors.self) {
            try Configuration.load(path: "/nonexistent/f.yaml")
        }
        #expect(missing?.kind == .unreadable)
        #expect(
            missing?.description == "/nonexistent/f.yaml: cannot be read: No such file or directory"
        )
        let folder = #expect(throws: ConfigurationErrors.self) {
            try Configuration.load(path: "/")
        }
        #expect(folder?.kind == .unreadable)
        #expect(folder?.description == "/: cannot be read: Is a directory")
    }

    @Test func invalidUTF8() {
        let thrown = #expect(throws: ConfigurationErrors.self) {
            try Configuration(yaml: Array("a: é\nb: ".utf8) + [0xff], path: "f.yaml")
        }
        #expect(thrown?.description == "f.yaml:2:4: not valid UTF-8")
        #expect(thrown?.kind == .invalid)
    }

    @Test func moreErrorsThanAreKept() {
        let keys = (0..<1_500).map { "key\($0): 1\n" }.joined()
        let thrown = #expect(throws: ConfigurationErrors.self) {
            try Configuration(yaml: keys, path: "f.yaml")
        }
        #expect(thrown?.diagnostics.count == 1_000)
        #expect(thrown?.omitted == 503)
        #expect(thrown?.description.hasSuffix("\nf.yaml: and 503 more errors") == true)
    }
}
