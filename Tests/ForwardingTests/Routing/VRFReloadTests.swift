// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import PacketHeaders
import Testing

@testable import Forwarding

/// Routes of the API that name what a reload takes away: numbers are given to others, which they must not lead to.
struct VRFReloadTests {
    private static func configuration(_ interfaces: String) throws -> Configuration {
        let yaml = """
            version: 1
            forward: route
            ports: {lan: {device: vdev:net_null0, addresses: [192.0.2.1/24]}}
            interfaces: {\(interfaces)}

            """
        return try Configuration(yaml: Array(yaml.utf8), path: "router.yaml")
    }

    private static func apply(
        _ text: String, to contents: inout RouteContents, _ configuration: Configuration,
        _ numbers: [UInt16], _ vrfs: VRFNumbers
    ) -> [String] {
        var parser = RouteTextParser()
        Array(text.utf8).withUnsafeBytes { parser.take($0) }
        var changes = parser.finish()
        _ = contents.apply(
            &changes,
            RouteContents.Rules(configuration, configuration.networks, numbers, vrfs))
        return changes.problems.map(\.message)
    }

    @Test(
        "a route goes with the VRF, or the interface, that it leads to, and with the one it is in")
    func gone() throws {
        let before = try Self.configuration(
            "lan.7: {vrf: blue, addresses: [10.0.0.1/24]}, lan.8: {addresses: [10.8.0.1/24]}")
        var vrfs = VRFNumbers(before)
        var contents = RouteContents()
        _ = try contents.set(before, numbers: [0, 40, 41], vrfs: vrfs)
        #expect(
            Self.apply(
                """
                add 172.16.0.0/16 via vrf blue
                add 172.17.0.0/16 dev lan.8
                add 172.18.0.0/16 via 10.0.0.9 vrf blue
                add 172.19.0.0/16 via 192.0.2.9
                """, to: &contents, before, [0, 40, 41], vrfs) == [])
        #expect(contents.routesOfAPI == 4)
        let after = try Self.configuration("lan.9: {vrf: green, addresses: [10.0.0.1/24]}")
        vrfs = vrfs.following(after)
        let (_, withdrawn) = try contents.set(after, numbers: [0, 42], vrfs: vrfs)
        #expect(
            withdrawn.first.map { "\($0)" } == ["172.16.0.0/16", "172.17.0.0/16", "172.18.0.0/16"])
        #expect(contents.routesOfAPI == 1)
        // What waits may still be in the old one, also just after the next reload.
        #expect(vrfs["green"] == 2)
        let again = vrfs.following(before)
        #expect(again["blue"] == 3)
        #expect(again.following(after)["green"] == 1)
    }
}
