// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import Testing

/// The seed of the flow hash that follows from a file's addresses. The numbers are what
/// `seed_of_addresses` in Tests/Captures/model.py gives.
@Suite struct FlowSeedTests {
    @Test(
        arguments: [
            ([[]], 2_216_829_733), ([["192.0.2.1/24"]], 1_176_585_556),
            ([["192.0.2.1/24"], ["198.51.100.1/24"]], 3_831_076_928),
            ([["192.0.2.2/24"], ["198.51.100.1/24"]], 1_712_838_693),
            // By number, not by text or place.
            ([["10.0.0.1/8"], ["9.255.255.255/31"]], 3_793_198_066),
        ] as [([[String]], UInt32)])
    func givenAddressesTheSeedIsTheirHash(addresses: [[String]], seed: UInt32) throws {
        #expect(try Self.seed(addresses) == seed)
    }

    /// Nothing but the addresses counts: a port more without one, another order, another length.
    @Test func givenTheSameAddressesInAnotherWayTheSeedIsTheSame() throws {
        let seed = try Self.seed([["192.0.2.1/24", "203.0.113.1/24"], ["198.51.100.1/24"]])
        for others in [
            [["198.51.100.1/24"], [], ["203.0.113.1/24", "192.0.2.1/24"]],
            [["198.51.100.1/25"], ["203.0.113.1/30", "192.0.2.1/32"]],
        ] {
            #expect(try Self.seed(others) == seed)
        }
    }

    private static func seed(_ addresses: [[String]]) throws -> UInt32 {
        let ports = addresses.enumerated().map { index, addresses in
            "  p\(index): {device: tap:t\(index), addresses: [\(addresses.joined(separator: ", "))]}\n"
        }
        return try Configuration(
            yaml: "version: 1\nforward: route\nports:\n" + ports.joined(), path: "f.yaml"
        ).flowSeedOfAddresses
    }
}
