// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import PacketHeaders
import Testing

/// What a hostile or a very large file can make the decoder do.
@Suite struct LimitTests {
    @Test func nesting() {
        let brackets = String(repeating: "[", count: 33) + String(repeating: "]", count: 33)
        #expect(errors(brackets) == ["f.yaml:1:33: nested deeper than 32 levels"])
        let dashes = String(repeating: "- ", count: 33) + "x"
        #expect(errors(dashes) == ["f.yaml:1:65: nested deeper than 32 levels"])
        // libyaml looks ahead for a key, and gives up by itself.
        let many = String(repeating: "[", count: 1_000_000)
        #expect(errors(many) == ["f.yaml:1:1: nested deeper than 32 levels"])
    }

    @Test func aliasesThatGrowWithoutBound() {
        var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...30 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            yaml += "a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect(errors(yaml) == ["f.yaml:5:45: aliases stand for more than 100000 values"])
    }

    @Test func anchorsAndAliasesWork() throws {
        let configuration = try Configuration(
            yaml: """
                version: 1
                forward: route
                ports: {p: {device: tap:x, addresses: [192.0.2.1/24]}}
                routes:
                  - {to: 10.0.0.0/8, via: &both [192.0.2.2, 192.0.2.3]}
                  - {to: 11.0.0.0/8, via: *both}
                """, path: "f.yaml")
        #expect(configuration.routes[0].target == configuration.routes[1].target)
    }

    @Test func aFileThatIsTooLarge() {
        let size = 64 << 20
        let thrown = #expect(throws: ConfigurationErrors.self) {
            try Configuration(
                yaml: [UInt8](repeating: UInt8(ascii: "#"), count: size + 1), path: "f.yaml")
        }
        #expect(thrown?.description == "f.yaml: is larger than 64 MiB, the most allowed")
    }

    @Test func moreValuesThanThereIsMemoryFor() {
        let yaml = Array("[\(String(repeating: "a,", count: 40_000))a]".utf8)
        let thrown = #expect(throws: ConfigurationErrors.self) {
            try Configuration(yaml: yaml, path: "f.yaml", memory: 4 << 20)
        }
        #expect(
            thrown?.description.hasSuffix(
                ": more than 37449 values take more than the 4 MB of memory that are left; write less, "
                    + "or free some") == true)
        // With more memory it is only no configuration.
        let other = #expect(throws: ConfigurationErrors.self) {
            try Configuration(yaml: yaml, path: "f.yaml", memory: 16 << 20)
        }
        #expect(other?.description.contains("values") == false)
    }

    @Test func manyRoutes() throws {
        let count = 100_000
        var yaml = """
            version: 1
            forward: route
            memory: {routes: 1000000}
            ports: {p: {device: tap:x, addresses: [192.0.2.1/24]}}
            neighbours: [{port: p, address: 192.0.2.2, mac: 02:00:00:00:00:02}]
            routes:

            """
        for index in 0..<count {
            let address = IPAddress(IPv4Address(rawValue: 0x0a00_0000 + UInt32(index) << 4))
            yaml += "- {to: \(address)/28, via: 192.0.2.2}\n"
        }
        let configuration = try Configuration(yaml: yaml, path: "f.yaml")
        #expect(configuration.routes.count == count)
        #expect(configuration.warnings.isEmpty)
    }
}
