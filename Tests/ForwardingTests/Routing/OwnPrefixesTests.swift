// SPDX-License-Identifier: Apache-2.0

import Dataplane
import FreewayConfiguration
import PacketHeaders
import Testing

@testable import Forwarding

/// What no packet of another host can come from.
@Suite struct OwnPrefixesTests {
    @Test(
        arguments: [
            ("192.0.2.1/24", "", ["192.0.2.255"]),
            // Links of two, and an address alone, have no broadcast address (RFC 3021).
            ("192.0.2.1/30, 198.51.100.0/31, 203.0.113.9/32", "", ["192.0.2.3"]),
            ("192.0.2.1/24, 192.0.2.65/26", "", ["192.0.2.127", "192.0.2.255"]),
            // In the /24 it is a host like any other, when somebody says so.
            ("192.0.2.1/24, 192.0.2.65/26", "192.0.2.127", ["192.0.2.255"]),
            // It is our own.
            ("192.0.2.127/24, 192.0.2.65/26", "", ["192.0.2.255"]),
        ] as [(String, String, [String])])
    func givenNetworksTheirBroadcastAddressesAreNobodys(
        addresses: String, neighbour: String, broadcasts: [String]
    ) throws {
        let neighbours =
            neighbour.isEmpty
            ? "" : "neighbours: [{port: a, address: \(neighbour), mac: 02:00:00:00:00:09}]\n"
        let configuration = try Configuration(
            yaml: """
                version: 1
                forward: route
                ports: {a: {device: tap:a, addresses: [\(addresses)]}}
                \(neighbours)
                """, path: "f.yaml")
        var registry = NextHopRegistry()
        let own = try OwnPrefixes<PrefixKey>(configuration, numbers: [3], in: &registry)
        #expect(own.hosts == Set(configuration.ports[0].addresses.map(\.address)))
        #expect(
            own.broadcasts == Set(try broadcasts.map { try #require(IPAddress($0)) }))
    }

    @Test func givenNeighboursEachIsFoundByItsAddress() throws {
        let hosts = [2, 9, 10, 200]
        let configuration = try Configuration(
            yaml: """
                version: 1
                forward: route
                ports: {a: {device: tap:a, addresses: [192.0.2.1/24]}}
                neighbours:
                \(hosts.reversed().map {
                    "  - {port: a, address: 192.0.2.\($0), mac: 02:00:00:00:01:\($0 % 90 + 10)}"
                }.joined(separator: "\n"))
                """, path: "f.yaml")
        var registry = NextHopRegistry()
        let own = try OwnPrefixes<PrefixKey>(configuration, numbers: [3], in: &registry)
        for host in 0...255 {
            let address = IPAddress(IPv4Address(rawValue: 0xc000_0200 | UInt32(host)))
            let configured = configuration.neighbours.first { $0.address == address }
            #expect(own.neighbour(at: address)?.mac == configured?.mac, "\(address)")
        }
    }
}
