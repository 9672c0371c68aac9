// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import PacketHeaders
import Testing

@Suite struct LoadingTests {
    @Test func everyKey() throws {
        let yaml = """
            version: "1"
            forward: route
            workers: [3, 1]
            memory: {pages: huge, megabytes: 2048, routes: 5}
            ports:
              wan:
                device: pci:3b:00.0
                mac: 02:00:00:00:01:01
                mtu: 9000
                addresses: [192.0.2.1/24, 203.0.113.1/31]
                queues: 2
                admit: any
                sourceCheck: strict
              lan: {device: 'vdev:net_null0,copy=0'}
            routes:
              - {to: 0.0.0.0/0, via: 192.0.2.9}
              - {to: 10.0.0.0/8, via: [203.0.113.0, {address: 192.0.2.9, weight: 256}]}
              - {to: 10.0.0.1/32, action: blackhole}
              - {to: 10.0.0.2/32, action: unreachable}
            neighbours:
              - {port: wan, address: 192.0.2.9, mac: 02:00:00:00:01:09}
            hash: {seed: 4294967295}
            control: {socket: /tmp/f.sock, group: wheel}
            log: {level: trace, format: json}
            """
        let nine = try #require(IPAddress("192.0.2.9"))
        let zero = try #require(IPAddress("203.0.113.0"))
        let wan = Configuration.Port(
            name: "wan", device: .pci("0000:3b:00.0"),
            mac: MACAddress("02:00:00:00:01:01"), mtu: 9_000,
            addresses: [
                .init(address: try #require(IPAddress("192.0.2.1")), prefixLength: 24),
                .init(address: try #require(IPAddress("203.0.113.1")), prefixLength: 31),
            ], queues: 2, admit: .any, sourceCheck: .strict)
        func prefix(_ text: String, _ length: Int) throws -> IPPrefix {
            IPPrefix(containing: try #require(IPAddress(text)), length: length)
        }
        let expected = Configuration(
            path: "f.yaml", forward: .route, workers: .cpus([3, 1]),
            memory: .init(pages: .huge, megabytes: 2_048, routes: 5),
            ports: [
                wan, .init(name: "lan", device: .vdev(name: "net_null0", arguments: "copy=0")),
            ],
            routes: [
                .init(
                    to: try prefix("0.0.0.0", 0),
                    target: .via([.init(address: nine, weight: 1, interface: 0)])),
                .init(
                    to: try prefix("10.0.0.0", 8),
                    target: .via([
                        .init(address: zero, weight: 1, interface: 0),
                        .init(address: nine, weight: 256, interface: 0),
                    ])),
                .init(to: try prefix("10.0.0.1", 32), target: .drop(.blackhole)),
                .init(to: try prefix("10.0.0.2", 32), target: .drop(.unreachable)),
            ],
            neighbours: [
                .init(
                    interface: 0, address: nine, mac: try #require(MACAddress("02:00:00:00:01:09")))
            ],
            hash: .init(seed: .max),
            control: .init(socket: "/tmp/f.sock", group: "wheel"),
            log: .init(level: .trace, format: .json))
        let configuration = try Configuration(yaml: yaml, path: "f.yaml")
        #expect(configuration == expected)
        #expect(configuration.ports[1].origin.location == Location(line: 14, column: 3))
        #expect(configuration.portIndex(named: "lan") == 1)
        #expect(configuration.networks["main"].holder(of: nine)?.interface == 0)
        #expect(
            configuration.networks["main"].holder(of: try #require(IPAddress("8.8.8.8"))) == nil)
    }

    @Test func defaults() throws {
        let configuration = try Configuration(
            yaml: """
                version: 1
                forward: cross-connect
                ports: {a: {device: tap:a}, b: {device: tap:b}}
                crossConnect: [[b, a]]
                """, path: "f.yaml")
        #expect(configuration.workers == .automatic)
        #expect(configuration.memory == .init(pages: .automatic, megabytes: nil, routes: 10_000))
        #expect(configuration.ports[0] == .init(name: "a", device: .tap("a"), mtu: 1_500))
        #expect(configuration.crossConnects == [.init(left: 1, right: 0)])
        #expect(configuration.control == .init(socket: "/run/freeway/freeway.sock", group: nil))
        #expect(configuration.log == .init(level: .info, format: .text))
        #expect(configuration.warnings.isEmpty)
    }

    /// In YAML 1.1 a plain scalar of digits and colons is a number of base 60.
    @Test func aMACAddressOfDigits() throws {
        let configuration = try Configuration(
            yaml: "version: 1\nforward: route\nports: {p: {device: tap:a, mac: 10:20:30:40:50:59}}",
            path: "f.yaml")
        #expect(configuration.ports[0].mac == MACAddress("10:20:30:40:50:59"))
    }

    /// Windows' editors write it; yaml.org/spec/1.2.2, 5.2, allows it.
    @Test("a byte order mark in front is no content")
    func byteOrderMark() throws {
        let yaml = """
            version: 1
            forward: cross-connect
            ports:
              a: {device: "vdev:net_null0"}
              b: {device: "vdev:net_null1"}
            crossConnect: [[a, b]]

            """
        let marked = try Configuration(yaml: [0xef, 0xbb, 0xbf] + Array(yaml.utf8), path: "f.yaml")
        #expect(try marked == Configuration(yaml: Array(yaml.utf8), path: "f.yaml"))
        // Editors do not count it as a column.
        let error = #expect(throws: ConfigurationErrors.self) {
            try Configuration(
                yaml: [0xef, 0xbb, 0xbf] + Array("vresion: 1\n".utf8), path: "f.yaml")
        }
        #expect(error?.description.contains("f.yaml:1:1: ") == true, "\(error!)")
    }

    @Test("default is the prefix of all addresses, as in ip route")
    func defaultRoute() throws {
        func routes(_ to: String) throws -> [Configuration.Route] {
            let yaml = """
                version: 1
                forward: route
                ports: {a: {device: "vdev:net_null0", addresses: [192.0.2.1/24]}}
                routes: [{to: \(to), via: 192.0.2.9}]

                """
            return try Configuration(yaml: Array(yaml.utf8), path: "f.yaml").routes
        }
        #expect(try routes("default").map(\.to) == routes("0.0.0.0/0").map(\.to))
        let error = #expect(throws: ConfigurationErrors.self) { try routes("defualt") }
        #expect(error?.description.contains("expected a prefix such as 10.0.0.0/8") == true)
    }
}
