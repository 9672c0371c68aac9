// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import PacketHeaders
import Testing

@testable import Forwarding

/// By whose tags a frame came in: the same as workers find (IEEE 802.1Q, 6.9.1 and 9.6).
@Suite struct InterfaceNamesTests {
    private static let yaml = """
        version: 1
        forward: route
        ports:
          plain: {device: "vdev:net_null0"}
          trunk: {device: "vdev:net_null1"}
        interfaces:
          trunk.100: {}
          trunk.200: {encapsulation: 802.1ad}
          trunk.300.7: {}
        """

    @Test(
        arguments: [
            (0, [], "plain"), (0, [0x8100_0064], "plain"), (1, [], "trunk"),
            (1, [0x8100_0064], "trunk.100"),
            (1, [0x8100_6064], "trunk.100"), (1, [0x8100_0000, 0x8100_0064], "trunk.100"),
            (1, [0x8100_a000], "trunk"), (1, [0x88a8_00c8], "trunk.200"), (1, [0x8100_00c8], nil),
            (1, [0x88a8_012c, 0x8100_0007], "trunk.300.7"), (1, [0x88a8_012c, 0x8100_0008], nil),
            (1, [0x88a8_012c], nil), (1, [0x8100_0065], nil),
            // What stands behind an interface's tag is its packet, whatever it is.
            (1, [0x8100_0064, 0x8100_0007], "trunk.100"),
        ] as [(Int, [UInt32], String?)])
    func names(port: Int, tags: [UInt32], expected: String?) throws {
        let configuration = try Configuration(yaml: Array(Self.yaml.utf8), path: "f.yaml")
        let names = InterfaceNames(configuration, ports: [4, 9])
        var frame = [UInt8](repeating: 2, count: 12)
        for tag in tags { frame += (0..<4).map { UInt8(truncatingIfNeeded: tag >> (24 - 8 * $0)) } }
        frame += [0x08, 0x00] + [UInt8](repeating: 0, count: 46)
        let number: UInt16 = port == 0 ? 4 : 9
        #expect(frame.withUnsafeBytes { names.name(of: FrameBytes($0), from: number) } == expected)
        #expect(frame.withUnsafeBytes { names.name(of: FrameBytes($0), from: 5) } == nil)
        // One that ends in its tags, or in front of them.
        let isCut = frame.prefix(12 + 4 * tags.count).withUnsafeBytes {
            names.name(of: FrameBytes($0), from: number)
        }
        #expect(port == 0 ? isCut == "plain" : isCut == nil)
    }
}
