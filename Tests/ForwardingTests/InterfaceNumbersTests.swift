// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import Testing

@testable import Dataplane
@testable import Forwarding

/// The numbers of interfaces from one configuration to the next, and what is counted for them.
@Suite struct InterfaceNumbersTests {
    /// What workers counted, by number: of interfaces and of ports.
    private final class Counted {
        var interfaces: [UInt16: UInt64] = [:]
        var ports: [UInt16: UInt64] = [:]

        static func frames(_ number: UInt64) -> InterfaceCount {
            var count = InterfaceCount()
            count.received = TallySet.Count(frames: number, bytes: 0)
            return count
        }

        func interface(_ number: UInt16) -> InterfaceCount { Self.frames(interfaces[number] ?? 0) }
        func port(_ number: UInt16) -> InterfaceCount { Self.frames(ports[number] ?? 0) }
    }

    private static func configuration(_ interfaces: String) throws -> Configuration {
        try Configuration(
            yaml: """
                version: 1
                forward: route
                ports: {wan: {device: vdev:net_null0}, lan: {device: vdev:net_null1}}
                interfaces: {\(interfaces)}
                """, path: "f.yaml")
    }

    private let counted = Counted()

    private func following(
        _ numbers: InterfaceNumbers, _ interfaces: String
    ) throws -> InterfaceNumbers {
        numbers.following(
            try Self.configuration(interfaces), portIndices: [5, 3], count: counted.interface,
            countOfPort: counted.port)
    }

    private func frames(_ numbers: InterfaceNumbers, _ number: UInt16) -> UInt64 {
        numbers.reading(number, count: counted.interface, countOfPort: counted.port).received
            .frames
    }

    @Test("ports have DPDK's indices, and interfaces keep their numbers whatever comes before them")
    func numbers() throws {
        let first = try following(InterfaceNumbers(), "lan.1: , lan.2: , wan.3: ")
        #expect(first.numbers == [5, 3, 32, 33, 34])
        let second = try following(first, "wan.9: , wan.3: , lan.1: ")
        #expect(second.numbers == [5, 3, 35, 34, 32])
        // That of lan.2 is free now: no worker has the first configuration's tables.
        let third = try following(second, "lan.7: , wan.9: , lan.2: ")
        #expect(third.numbers == [5, 3, 33, 35, 36])
    }

    @Test("a number that is given anew counts from nothing")
    func givenAnew() throws {
        let first = try following(InterfaceNumbers(), "lan.1: ")
        counted.interfaces[32] = 70
        #expect(frames(first, 32) == 70)
        let second = try following(first, "")
        let third = try following(second, "lan.2: ")
        #expect(third.numbers == [5, 3, 32])
        #expect(frames(third, 32) == 0)
        counted.interfaces[32] = 73
        #expect(frames(third, 32) == 3)
    }

    @Test(
        "a port's untagged frames are counted on when its first VLAN comes, and when its last goes")
    func kinds() throws {
        let plain = try following(InterfaceNumbers(), "")
        counted.ports[3] = 1_000
        #expect(frames(plain, 3) == 1_000)
        let tagged = try following(plain, "lan.1: ")
        #expect(frames(tagged, 3) == 1_000)
        // From now on the port's count has those of the VLAN, too.
        counted.ports[3] = 1_500
        counted.interfaces[3] = 200
        #expect(frames(tagged, 3) == 1_200)
        let again = try following(tagged, "")
        #expect(frames(again, 3) == 1_200)
        counted.ports[3] = 1_510
        #expect(frames(again, 3) == 1_210)
        // The other port never had any.
        counted.ports[5] = 9
        #expect(frames(again, 5) == 9)
    }
}
