// SPDX-License-Identifier: Apache-2.0

import PacketHeaders
import Testing

@testable import FreewayConfiguration

/// `interfaces`: tagged frames of ports.
@Suite struct InterfaceTests {
    /// A router with two ports, and what stands behind.
    private static func router(_ interfaces: String, _ rest: String = "") -> String {
        """
        version: 1
        forward: route
        ports:
          wan: {device: vdev:net_null0, addresses: [192.0.2.1/24]}
          lan: {device: vdev:net_null1, mtu: 2000}
        interfaces: \(interfaces)
        \(rest)
        """
    }

    private static func wires(_ interfaces: String, _ pairs: String) -> String {
        """
        version: 1
        forward: cross-connect
        ports: {a: {device: vdev:net_null0}, b: {device: vdev:net_null1}}
        interfaces: \(interfaces)
        crossConnect: \(pairs)
        """
    }

    @Test(
        "what is wrong with a name is said where it stands",
        arguments: [
            (
                "{lan: {}}",
                "6:14: interfaces.lan: the settings of untagged frames are those of the port, in ports.lan; an"
                    + " interface of tagged frames is called lan.VLAN"
            ),
            ("{lam.5: {}}", "6:14: interfaces.lam.5: \"lam\" is no port; did you mean \"lan\"?"),
            ("{zzz.5: {}}", "6:14: interfaces.zzz.5: \"zzz\" is no port; the ports are wan, lan"),
            ("{lan.0: {}}", name("lan.0")), ("{lan.4095: {}}", name("lan.4095")),
            ("{lan.: {}}", name("lan.")), ("{lan.x: {}}", name("lan.x")),
            ("{lan.07: {}}", name("lan.07")), ("{lan.+7: {}}", name("lan.+7")),
            ("{lan.1.4095: {}}", name("lan.1.4095")), ("{lan.1.2.3: {}}", name("lan.1.2.3")),
            ("{lan.1..2: {}}", name("lan.1..2")),
            ("{lan.5: {}, lan.5: {}}", "6:25: interfaces.lan.5: given twice; first at line 6"),
            (
                "[lan.5]",
                "6:13: interfaces: found a list, expected interfaces such as"
                    + " \"lan.100: {addresses: [192.0.2.1/24]}\""
            ),
            (
                "{lan.5: 7}",
                "6:21: interfaces.lan.5: found \"7\", expected a mapping with the keys vrf, addresses, mtu, encapsulation, ipv6, ra, sourceCheck"
            ),
            (
                "{lan.5: {mut: 1}}",
                "6:22: interfaces.lan.5.mut: unknown key; did you mean \"mtu\"?"
            ),
            (
                "{lan.5: {encapsulation: 802.1q}}",
                "6:37: interfaces.lan.5.encapsulation: found \"802.1q\", expected 802.1Q or 802.1ad; did you mean"
                    + " \"802.1Q\"?"
            ),
            (
                "{lan.5: {mtu: 2001}}",
                "6:27: interfaces.lan.5.mtu: found 2001, but port lan, whose mtu is 2000, leaves 2000"
            ),
            (
                "{lan.5.6: {mtu: 1997}}",
                "6:29: interfaces.lan.5.6.mtu: found 1997, but port lan, whose mtu is 2000, leaves 1996"
            ),
            (
                "{lan.5: {addresses: [192.0.2.9/28]}}",
                "6:34: interfaces.lan.5.addresses[0]: 192.0.2.9/28 overlaps 192.0.2.1/24 of port wan"
            ),
            (
                "{lan.5: {addresses: [10.0.0.1/24]}, lan.6: {addresses: [10.0.0.9/16]}}",
                "6:69: interfaces.lan.6.addresses[0]: 10.0.0.9/16 overlaps 10.0.0.1/24 of interface lan.5"
            ),
        ])
    func wrongNames(interfaces: String, line: String) {
        #expect(errors(Self.router(interfaces)) == ["f.yaml:" + line])
    }

    private static func name(_ name: String) -> String {
        "6:14: interfaces.\(name): \"\(name)\" is no name for an interface; expected the port's, a VLAN from 1 to"
            + " 4094, and perhaps an inner one, such as lan.100 or lan.100.7"
    }

    @Test("a port's name with a dot is an error that says where such names belong")
    func dottedPort() {
        let yaml = """
            version: 1
            forward: route
            ports: {lan.5: {device: vdev:net_null0}}
            """
        #expect(
            errors(yaml) == [
                "f.yaml:3:9: ports.lan.5: \"lan.5\" is no name for a port; expected a letter, then letters, digits,"
                    + " - and _, at most 32; interfaces of tagged frames are in \"interfaces\""
            ])
    }

    @Test("routes and neighbours go by the networks of interfaces")
    func networks() {
        let good = "{lan.5: {addresses: [10.0.0.1/24]}}"
        #expect(
            errors(
                Self.router(
                    good,
                    """
                    routes: [{to: 10.0.0.0/24, via: 192.0.2.9}, {to: 10.9.0.0/16, via: 10.0.0.1}]
                    neighbours:
                      - {port: lan, address: 10.0.0.9, mac: 02:00:00:00:00:09}
                      - {port: lan.6, address: 10.0.0.9, mac: 02:00:00:00:00:09}
                      - {port: lan.5, address: 192.0.2.7, mac: 02:00:00:00:00:09}
                    """)) == [
                    "f.yaml:7:15: routes[0].to: 10.0.0.0/24 is interface lan.5's own network, whose hosts are"
                        + " neighbours of it",
                    "f.yaml:7:68: routes[1].via: 10.0.0.1 is interface lan.5's own address",
                    "f.yaml:9:26: neighbours[0].address: 10.0.0.9 is on no network of port lan, which has no"
                        + " address; did you mean interface \"lan.5\"?",
                    "f.yaml:10:12: neighbours[1].port: found \"lan.6\", which is no port or interface; add"
                        + " \"lan.6:\" to interfaces",
                    "f.yaml:11:28: neighbours[2].address: 192.0.2.7 is on no network of interface lan.5, which"
                        + " has 10.0.0.0/24; did you mean port \"wan\"?",
                ])
    }

    @Test(
        "each interface of a cross-connect is in one pair, and of a port with VLANs the untagged frames may be in none"
    )
    func pairs() {
        #expect(errors(Self.wires("{a.5: }", "[[a.5, b]]")).isEmpty)
        #expect(errors(Self.wires("{a.5: , a.6: {}}", "[[a.5, a.6], [a, b]]")).isEmpty)
        #expect(
            errors(Self.wires("{a.5: , b.6: }", "[[a.5, a.5]]")) == [
                "f.yaml:5:15: crossConnect: interface b.6 is in no pair; join it to another interface or remove it",
                "f.yaml:5:22: crossConnect[0][1]: interface a.5 is used twice; first at line 5, column 17",
            ])
        #expect(
            errors(Self.wires("{a.5: }", "[[a.5, a]]")) == [
                "f.yaml:5:15: crossConnect: port b is in no pair; join it to another port or remove it"
            ])
        #expect(
            errors(Self.wires("{a.5: {addresses: [10.0.0.1/8]}}", "[[a.5, b]]")) == [
                "f.yaml:4:20: interfaces.a.5.addresses: applies to \"forward: route\" only, and this file says"
                    + " \"forward: cross-connect\""
            ])
    }

    @Test("what a file says is what there is, with the usual tags and MTUs")
    func settings() throws {
        let configuration = try Configuration(
            yaml: Self.router(
                "{lan.5: {addresses: [10.0.0.1/24]}, lan.5.6: , wan.4094: {mtu: 1400, encapsulation: 802.1ad}, lan.7.8: {encapsulation: \"802.1Q\"}}",
                "routes: [{to: 10.9.0.0/16, via: 10.0.0.2}]\nneighbours: [{port: lan.5, address: 10.0.0.2, mac: 02:00:00:00:00:02}]"
            ),
            path: "f.yaml")
        let interfaces = configuration.interfaces
        #expect(
            interfaces.map(\.name) == ["wan", "lan", "lan.5", "lan.5.6", "wan.4094", "lan.7.8"])
        #expect(interfaces.map(\.port) == [0, 1, 1, 1, 0, 1])
        #expect(interfaces.map(\.vlans) == [[], [], [5], [5, 6], [4094], [7, 8]])
        #expect(
            interfaces.dropFirst(2).map(\.encapsulation) == [
                .customer, .service, .service, .customer,
            ])
        #expect(
            interfaces.map { $0.mtu(on: configuration.ports[$0.port]) } == [
                1500, 2000, 2000, 1996, 1400, 1996,
            ])
        #expect(configuration.neighbours.first?.interface == 2)
        guard case .via(let hops) = configuration.routes.first?.target else {
            Issue.record("no next hop")
            return
        }
        #expect(hops.map(\.interface) == [2])
        #expect(configuration.warnings.isEmpty)
        #expect(
            configuration.interfaces.indices.allSatisfy {
                configuration[interface: $0] == interfaces[$0]
                    && configuration.interfaceName($0) == interfaces[$0].name
                    && configuration.port(ofInterface: $0) == interfaces[$0].port
            })
    }

    /// 4,094 of a port, 16,000 in all.
    @Test("there is room for so many interfaces, and one more is an error")
    func limits() {
        func yaml(_ counts: [Int]) -> String {
            let ports = counts.indices.map { "  p\($0): {device: vdev:net_null\($0)}" }
            let interfaces = counts.enumerated().flatMap { port, count in
                (0..<count).map {
                    $0 < 4_094 ? "  p\(port).\($0 + 1):" : "  p\(port).4094.\($0 - 4_093):"
                }
            }
            return "version: 1\nforward: route\nports:\n" + ports.joined(separator: "\n")
                + "\ninterfaces:\n" + interfaces.joined(separator: "\n") + "\n"
        }
        #expect(errors(yaml([4_094])).isEmpty)
        #expect(
            errors(yaml([4_095])) == [
                "f.yaml:4100:3: interfaces.p0.4094.1: port p0 has room for 4094 interfaces"
            ])
        #expect(errors(yaml([4_000, 4_000, 4_000, 4_000])).isEmpty)
        #expect(
            errors(yaml([4_000, 4_000, 4_000, 4_001])) == [
                "f.yaml:16009:3: interfaces.p3.4001: interface 16001; there is room for 16000"
            ])
    }

    /// Networks are searched by length, so that this takes no time that anybody notices.
    @Test("16,000 networks are held against each other, and each is found")
    func manyNetworks() throws {
        var networks = InterfaceNetworks(findsOverlaps: true)
        for index in 0..<16_000 {
            let address = IPAddress(IPv4Address(rawValue: 0x0a00_0001 | UInt32(index) << 8))
            let own = Configuration.InterfaceAddress(address: address, prefixLength: 24)
            #expect(networks.overlap(with: own.network) == nil)
            networks.add([own], of: index)
        }
        let last = IPAddress(IPv4Address(rawValue: 0x0a00_0000 | 15_999 << 8 | 77))
        #expect(networks.holder(of: last)?.interface == 15_999)
        let own = IPAddress(IPv4Address(rawValue: 0x0a00_0000 | 15_999 << 8 | 1))
        #expect(networks.owner(of: own) == 15_999)
        #expect(networks.holder(of: IPAddress(IPv4Address(rawValue: 0x0b00_0001))) == nil)
        let all = IPPrefix(containing: IPAddress(IPv4Address(rawValue: 0x0a00_0000)), length: 8)
        #expect(networks.overlap(with: all)?.interface == 0)
        #expect(
            networks.list { "i\($0)" }.hasSuffix("10.0.7.0/24 (i7) and 15992 more"))
    }

    @Test("a reload counts interfaces that come, go and change")
    func difference() throws {
        func load(_ interfaces: String) throws -> Configuration {
            try Configuration(yaml: Self.router(interfaces), path: "f.yaml")
        }
        let old = try load("{lan.5: {mtu: 1000}, lan.6: , lan.7: {addresses: [10.0.0.1/24]}}")
        let new = try load("{lan.8: , lan.5: {mtu: 1001}, lan.7: {addresses: [10.0.0.1/24]}}")
        let difference = ConfigurationDifference(from: old, to: new)
        #expect(difference.interfaces == .init(added: 1, removed: 1, changed: 1))
        #expect(difference.ports.isEmpty && difference.settings.isEmpty)
        #expect(new.obstacles(replacing: old, in: .run).isEmpty)
    }

    @Test("the plan of a file has its interfaces")
    func plan() throws {
        let configuration = try Configuration(
            yaml: Self.router("{lan.5.6: {mtu: 1400}}"), path: "f.yaml")
        let plan = try Plan(replaying: configuration, machine: Machine.current())
        #expect(
            plan.interfaces.map(\.name) == ["lan.5.6"] && plan.interfaces[0].vlans == [5, 6]
                && plan.interfaces[0].encapsulation == "802.1ad" && plan.interfaces[0].mtu == 1400)
    }
}
