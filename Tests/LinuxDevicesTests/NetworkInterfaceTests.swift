// SPDX-License-Identifier: Apache-2.0

import Foundation
import LinuxDevices
import Testing

/// What rtnetlink says is what sysfs says.
struct NetworkInterfaceTests {
    private static func file(_ name: String) throws -> String {
        try String(contentsOfFile: "/sys/class/net/lo/\(name)", encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test func theLoopbackIsFoundByNameAndIndex() throws {
        let named = try #require(try NetworkInterface(named: "lo"))
        #expect("\(named.index)" == (try Self.file("ifindex")))
        #expect("\(named.mtu)" == (try Self.file("mtu")))
        #expect(named.macAddress == 0)
        #expect(try NetworkInterface(index: named.index) == named)
    }

    @Test func givenNoInterfaceOfTheNameThereIsNone() throws {
        #expect(try NetworkInterface(named: "no-such-thing") == nil)
        #expect(try NetworkInterface(index: 2_000_000_005) == nil)
    }

    @Test func givenANameThatIsTooLongThereIsNoneOrAnError() {
        let interface = try? NetworkInterface(named: String(repeating: "x", count: 5_000))
        #expect(interface == nil)
    }
}
