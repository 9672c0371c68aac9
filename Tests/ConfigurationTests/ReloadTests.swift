// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import Testing

/// What a reload may change, what it may not, and what it says about both.
@Suite struct ReloadTests {
    static let old = """
        version: 1
        forward: route
        workers: 2
        memory: {pages: ordinary, megabytes: 200}
        ports:
          wan: {device: vdev:net_null0, addresses: [192.0.2.1/24], queues: 2}
          lan: {device: vdev:net_null1, addresses: [198.51.100.1/24]}
        routes:
          - {to: 10.0.0.0/8, via: 192.0.2.9}
          - {to: 10.1.0.0/16, via: [{address: 192.0.2.9}, {address: 198.51.100.9}]}
          - {to: 10.2.0.0/16, action: blackhole}
        neighbours:
          - {port: wan, address: 192.0.2.9, mac: 02:00:00:00:01:09}
          - {port: lan, address: 198.51.100.9, mac: 02:00:00:00:02:09}
        control: {socket: /run/a.sock, group: staff}
        log: {level: info}

        """

    static let way = "; a reload cannot change this: restart Freeway"

    @Test(
        "each obstacle names the field, its place, the new and the old value",
        arguments: [
            ("workers: 2", "workers: 3", "3:10: workers: found 3, but 2 is in force"),
            ("workers: 2", "workers: auto", "3:10: workers: found \"auto\", but 2 is in force"),
            ("workers: 2", "workers: [1, 3]", "3:10: workers: found [1, 3], but 2 is in force"),
            (
                "pages: ordinary", "pages: huge",
                "4:17: memory.pages: found \"huge\", but \"ordinary\" is in force"
            ),
            (
                ", megabytes: 200", "",
                "4:9: memory.megabytes: found no number, but 200 is in force"
            ),
            (
                "megabytes: 200", "megabytes: 300",
                "4:38: memory.megabytes: found 300, but 200 is in force"
            ),
            (
                "wan: {device: vdev:net_null0", "wan: {device: vdev:net_null9",
                "6:17: ports.wan.device: found \"vdev:net_null9\", but \"vdev:net_null0\" is in force"
            ),
            (
                ", queues: 2", "",
                "6:8: ports.wan.queues: found no number, but 2 is in force"
            ),
            (
                "queues: 2", "queues: 1", "6:68: ports.wan.queues: found 1, but 2 is in force"
            ),
            (
                "/run/a.sock", "/run/b.sock",
                "15:19: control.socket: found \"/run/b.sock\", but \"/run/a.sock\" is in force"
            ),
            (
                ", group: staff", "",
                "15:10: control.group: found no group, but \"staff\" is in force"
            ),
        ])
    func obstacles(text: String, replacement: String, line: String) throws {
        let old = try configuration(Self.old)
        let new = try configuration(Self.old.replacing(text, with: replacement))
        #expect(
            new.obstacles(replacing: old, in: .run).map(\.description)
                == ["f.yaml:\(line)\(Self.way)"])
        // A replay has workers, memory and devices of its own.
        #expect(new.obstacles(replacing: old, in: .replay).isEmpty)
    }

    @Test("ports that come and go, and another mode, are obstacles in a replay too")
    func ports() throws {
        let old = try configuration(Self.old)
        let new = try configuration(
            """
            version: 1
            forward: cross-connect
            workers: 2
            memory: {pages: ordinary, megabytes: 200}
            ports:
              wann: {device: vdev:net_null0, queues: 2}
              lan: {device: vdev:net_null1}
            crossConnect: [[wann, lan]]
            control: {socket: /run/a.sock, group: staff}

            """)
        #expect(
            new.obstacles(replacing: old, in: .run).map(\.description) == [
                "f.yaml:2:10: forward: found \"cross-connect\", but \"route\" is in force\(Self.way)",
                "f.yaml:6:3: ports.wan: found no such port, but it is in force\(Self.way)",
                "f.yaml:6:9: ports.wann: found a port that is not in force (those are wan, lan); did you "
                    + "mean \"wan\"?\(Self.way)",
            ])
        #expect(
            new.obstacles(replacing: old, in: .replay).map(\.description).last?
                .hasSuffix("did you mean \"wan\"?; a reload cannot change this") == true)
    }

    @Test("what tables hold is no obstacle, and is counted")
    func differences() throws {
        let old = try configuration(Self.old)
        let same = ConfigurationDifference(from: old, to: try configuration(Self.old))
        #expect(same.routes == .init() && same.neighbours == .init())
        #expect(same.ports.isEmpty && same.settings.isEmpty)
        // The ports in another order, everything else that may change changed.
        let new = try configuration(
            """
            version: 1
            forward: route
            workers: 2
            memory: {pages: ordinary, megabytes: 200, routes: 20000}
            ports:
              lan: {device: vdev:net_null1, addresses: [198.51.100.1/24, 203.0.113.1/24], mtu: 9000}
              wan: {device: vdev:net_null0, addresses: [192.0.2.1/24], queues: 2, admit: any, mac: 02:00:00:00:00:07}
            routes:
              - {to: 10.0.0.0/8, via: 192.0.2.9}
              - {to: 10.1.0.0/16, via: [{address: 192.0.2.9, weight: 2}, {address: 198.51.100.9}]}
              - {to: 10.3.0.0/16, action: blackhole}
              - {to: 10.4.0.0/16, action: blackhole}
            neighbours:
              - {port: wan, address: 192.0.2.9, mac: 02:00:00:00:01:0a}
            hash: {seed: 7}
            control: {socket: /run/a.sock, group: staff}
            log: {level: debug, format: json}

            """)
        #expect(new.obstacles(replacing: old, in: .run).isEmpty)
        let difference = ConfigurationDifference(from: old, to: new)
        #expect(difference.routes == .init(added: 2, removed: 1, changed: 1))
        #expect(difference.neighbours == .init(added: 0, removed: 1, changed: 1))
        #expect(difference.crossConnects == .init())
        #expect(difference.ports == ["lan": ["mtu", "addresses"], "wan": ["mac", "admit"]])
        #expect(difference.settings == ["memory.routes", "hash.seed", "log.level", "log.format"])
    }

    @Test("a pair of a cross-connect is the same in either order")
    func pairs() throws {
        func wire(_ pairs: String) throws -> Configuration {
            try configuration(
                """
                version: 1
                forward: cross-connect
                ports: {a: {device: vdev:net_null0}, b: {device: vdev:net_null1}, c: {device: vdev:net_null2}, d: {device: vdev:net_null3}}
                crossConnect: \(pairs)

                """)
        }
        let old = try wire("[[a, b], [c, d]]")
        #expect(
            ConfigurationDifference(from: old, to: try wire("[[d, c], [b, a]]")).crossConnects
                == .init())
        #expect(
            ConfigurationDifference(from: old, to: try wire("[[a, c], [d, b]]")).crossConnects
                == .init(added: 2, removed: 2))
    }

    private func configuration(_ yaml: String) throws -> Configuration {
        try Configuration(yaml: yaml, path: "f.yaml")
    }
}
