// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import PacketHeaders
import Testing

@Suite struct ReadyConfigurationTests {
    @Test(arguments: ReadyFiles.configurations) func loads(name: String) throws {
        let configuration = try Configuration.load(path: ReadyFiles.path(name))
        #expect(configuration.warnings.isEmpty)
        let text = try ReadyFiles.text(name)
        #expect(text.hasPrefix("# yaml-language-server: $schema=freeway.schema.json\n"))
        let machine = Machine(
            allowedCPUs: Array(0...8), hugepages: [.init(kibibytes: 2_048, free: 1_024)])
        #expect(try Plan(configuration: configuration, machine: machine).warnings.isEmpty)
    }

    @Test func crossConnect() throws {
        let configuration = try Configuration.load(
            path: ReadyFiles.path("config/cross-connect.yaml"))
        #expect(configuration.ports.map(\.name) == ["left", "right"])
        #expect(configuration.crossConnects == [.init(left: 0, right: 1)])
    }

    @Test func router() throws {
        let configuration = try Configuration.load(path: ReadyFiles.path("config/router.yaml"))
        #expect(configuration.ports.map(\.name) == ["wan", "lan"])
        #expect(configuration.routes.contains { $0.to.length == 0 })
        #expect(Set(configuration.routes.map(\.to.length)).count >= 5)
        #expect(configuration.routes.contains { $0.target == .drop(.blackhole) })
        #expect(configuration.routes.contains { $0.target == .drop(.unreachable) })
        #expect(
            configuration.routes.contains {
                if case .via(let hops) = $0.target { hops.map(\.weight) == [3, 1] } else { false }
            })
    }

    @Test func trunk() throws {
        let configuration = try Configuration.load(path: ReadyFiles.path("config/vlan-trunk.yaml"))
        #expect(
            configuration.vlanInterfaces.map(\.name) == ["trunk.100", "trunk.200", "trunk.300.7"])
        #expect(configuration.ports.last?.addresses == [])
    }

    @Test func nic() throws {
        let configuration = try Configuration.load(path: ReadyFiles.path("config/nic-10g.yaml"))
        #expect(configuration.workers == .count(4))
        #expect(configuration.memory.pages == .huge)
        #expect(
            configuration.ports.map(\.device) == [.pci("0000:3b:00.0"), .pci("0000:3b:00.1")])
    }

    @Test func everySnippetOfTheDocumentationLoads() throws {
        let snippets = try ReadyFiles.blocks("yaml", in: "docs/configuration.md")
        #expect(snippets.count >= 5)
        for snippet in snippets {
            #expect(errors(snippet) == [], "\(snippet)")
        }
    }

    @Test func theErrorsOfTheDocumentationAreTrue() throws {
        let blocks = try ReadyFiles.blocks("text", in: "docs/configuration.md")
        try #require(blocks.count == 2)
        let thrown = #expect(throws: ConfigurationErrors.self) {
            try Configuration(yaml: blocks[0], path: "router.yaml")
        }
        #expect(thrown.map { "\($0)\n" } == blocks[1])
    }
}
