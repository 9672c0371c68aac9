// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import PacketHeaders
import TestSupport
import Testing

@testable import Dataplane

/// What a router must check in an IPv4 header: RFC 1812, 5.2.2 and 5.3.7, and RFC 3927, 7.
@Suite(.usesEAL) struct ValidateIPv4Tests {
    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let frame: [UInt8]
        let reason: DropReason

        init(_ name: String, _ reason: DropReason, _ frame: [UInt8]) {
            testDescription = name
            self.frame = frame
            self.reason = reason
        }

        init(_ name: String, _ reason: DropReason, _ change: (inout Frames.IPv4) -> Void) {
            self.init(name, reason, Frames.ipv4(change))
        }
    }

    static let faults: [Fault] = [
        Fault("no header at all", .truncatedFrame, Array(Frames.ipv4().prefix(14))),
        Fault("19 bytes of a header", .truncatedFrame, Array(Frames.ipv4().prefix(33))),
        Fault("version 6", .badVersion) { $0.version = 6 },
        Fault("version 0", .badVersion) { $0.version = 0 },
        Fault("header of 16 bytes", .badHeaderLength) { $0.headerWords = 4 },
        Fault("header of 0 bytes", .badHeaderLength) { $0.headerWords = 0 },
        Fault("header beyond the frame", .badHeaderLength) { $0.headerWords = 15 },
        Fault("total length below the header's", .badTotalLength) { $0.totalLength = 19 },
        Fault("total length 0", .badTotalLength) { $0.totalLength = 0 },
        Fault("total length beyond the frame", .badTotalLength) { $0.totalLength = 21 },
        Fault("total length 65,535", .badTotalLength) { $0.totalLength = 65_535 },
        Fault("checksum 0", .badChecksum) { $0.checksum = 0 },
        Fault("source 0.0.0.0", .martianSource) { $0.source = 0 },
        Fault("source 0.255.255.255", .martianSource) { $0.source = 0x00ff_ffff },
        Fault("source 127.0.0.1", .martianSource) { $0.source = 0x7f00_0001 },
        Fault("source 224.0.0.1", .martianSource) { $0.source = 0xe000_0001 },
        Fault("source 240.0.0.1", .martianSource) { $0.source = 0xf000_0001 },
        Fault("source 255.255.255.255", .martianSource) { $0.source = .max },
        Fault("source 169.254.0.0", .martianSource) { $0.source = 0xa9fe_0000 },
        Fault("source 169.254.255.255", .martianSource) { $0.source = 0xa9fe_ffff },
        Fault("our own source 192.0.2.99", .martianSource) { $0.source = 0xc000_0263 },
        Fault("our own source to ourselves", .martianSource) {
            ($0.source, $0.destination) = (0xc000_0263, 0xa9fe_0a01)
        },
        Fault("a network's broadcast as source", .martianSource) { $0.source = 0xc000_02ff },
        Fault("destination 169.254.0.0", .martianDestination) { $0.destination = 0xa9fe_0000 },
        Fault("destination 169.254.255.255", .martianDestination) { $0.destination = 0xa9fe_ffff },
        Fault("destination 0.0.0.0", .martianDestination) { $0.destination = 0 },
        Fault("destination 127.255.255.255", .martianDestination) {
            $0.destination = 0x7fff_ffff
        },
        Fault("destination 240.0.0.0", .martianDestination) { $0.destination = 0xf000_0000 },
        Fault("destination 255.255.255.255", .martianDestination) { $0.destination = .max },
        Fault("destination 224.0.0.0", .multicast) { $0.destination = 0xe000_0000 },
        Fault("destination 239.255.255.255", .multicast) { $0.destination = 0xefff_ffff },
        Fault("unicast packet in a broadcast", .linkLayerBroadcast, Frames.ipv4(to: .max >> 16)),
        Fault(
            "unicast packet in a multicast", .linkLayerBroadcast,
            Frames.ipv4(to: 0x01_00_5e_00_00_01)),
    ]

    /// Hosts 192.0.2.99 and 169.254.10.1, and the broadcast address of the first one's /24.
    private static let own = OwnAddresses(
        hosts: [IPv4Address(rawValue: 0xc000_0263), IPv4Address(rawValue: 0xa9fe_0a01)],
        broadcasts: [IPv4Address(rawValue: 0xc000_02ff)])

    @Test(arguments: faults) func givenAFaultThePacketIsDroppedWithItsReason(fault: Fault) throws {
        // Behind Admit, too, which must not take a faulty header for a plain one.
        for stages in [[.validateIPv4], [.admit, .validateIPv4]] as [[Stage]] {
            let bench = try StageBench(try routing(own: Self.own), stages: stages)
            let seen = try bench.run([fault.frame])
            #expect(seen.drops == [.init(stage: .validateIPv4, reason: fault.reason)])
            #expect(
                bench.tallies.dropped(fault.reason)
                    == .init(frames: 1, bytes: UInt64(fault.frame.count)))
            #expect(bench.tallies.balances)
        }
    }

    @Test(
        arguments: [
            0x0100_0000, 0x7eff_ffff, 0x8000_0000, 0xdfff_ffff, 0xa9fd_ffff, 0xa9ff_0000,
            0xa900_00fe, 0x0a00_0001, 0xc000_0262, 0xc000_0264, 0xc000_02fe, 0xc000_0300,
        ] as [UInt32])
    func givenAnAddressNextToAMartianThePacketPasses(address: UInt32) throws {
        for stages in [[.validateIPv4], [.admit, .validateIPv4]] as [[Stage]] {
            let bench = try StageBench(try routing(own: Self.own), stages: stages)
            let seen = try bench.run([
                Frames.ipv4 { $0.source = address }, Frames.ipv4 { $0.destination = address },
            ])
            #expect(seen.drops.isEmpty)
            #expect(bench.state.burst.count == 2)
            #expect(
                Array(UnsafeBufferPointer(start: bench.state.metadata.destinations, count: 2))
                    == [0xc633_6407, address])
        }
    }

    /// Not forwarded, and so no martian: from a host of a link-local network to ourselves, by whatever of
    /// our addresses (RFC 3927, 2.6.2).
    @Test(
        arguments: [(0xa9fe_0a02, 0xa9fe_0a01), (0xa9fe_0a02, 0xc000_0263)] as [(UInt32, UInt32)])
    func givenALinkLocalPacketToOurselvesItIsOurs(source: UInt32, destination: UInt32) throws {
        let bench = try StageBench(try routing(own: Self.own), stages: [.admit, .validateIPv4])
        let seen = try bench.run([
            Frames.ipv4 { ($0.source, $0.destination) = (source, destination) }
        ])
        #expect(seen.drops.isEmpty)
        #expect(bench.state.burst.count == 1)
    }

    /// Many own addresses, and packets from and to all around them, held against the RFCs' lists.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func givenAnyAddressesThoseThatMayBeRoutedPass(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var near: [UInt32] = [0, 0x7f00_0001, 0xa9fe_0000, 0xe000_0000, 0xf000_0000, .max]
        let own = (0..<40).map { _ in UInt32.random(in: 0x0100_0000...0x7eff_ffff, using: &random) }
        let broadcasts = (0..<40).map { _ in
            UInt32.random(in: 0x8000_0000...0xdfff_ffff, using: &random) | 0xff
        }
        near += own + broadcasts
        let table = OwnAddresses(
            hosts: Set(own.map { IPv4Address(rawValue: $0) }),
            broadcasts: Set(broadcasts.map { IPv4Address(rawValue: $0) }))
        let bench = try StageBench(try routing(own: table), stages: [.admit, .validateIPv4])
        func address() -> UInt32 {
            let base = near.randomElement(using: &random)!
            switch UInt8.random(in: 0..<4, using: &random) {
            case 0: return base
            case 1: return base ^ 1 << UInt32.random(in: 0..<32, using: &random)
            case 2: return base &+ UInt32.random(in: 0..<512, using: &random)
            default: return UInt32.random(in: 0...(.max), using: &random)
            }
        }
        func isWrong(_ address: UInt32) -> Bool {
            [0, 127].contains(address >> 24) || address >> 24 >= 224
        }
        for _ in 0..<3000 {
            let (source, destination) = (address(), address())
            let isLinkLocal = [source, destination].contains { $0 >> 16 == 0xa9fe }
            let isRoutable =
                !isWrong(source) && !isWrong(destination) && !own.contains(source)
                && !broadcasts.contains(source) && (!isLinkLocal || own.contains(destination))
            let seen = try bench.run([
                Frames.ipv4 { ($0.source, $0.destination) = (source, destination) }
            ])
            try #require(
                seen.drops.isEmpty == isRoutable,
                "seed \(seed): \(IPv4Address(rawValue: source)) to \(IPv4Address(rawValue: destination))"
            )
            bench.state.burst.removeAll()
        }
    }

    /// Nearly all sources must be told by Admit alone, whatever network the forwarder is on: what is left
    /// to ValidateIPv4 costs more.
    @Test func givenSourcesBesideOurOwnAdmitAloneTellsThemApart() throws {
        let bench = try StageBench(try routing(own: Self.own), stages: [.admit])
        for last in (0 as UInt32)..<256 where ![0x63, 0xff].contains(last) {
            try bench.run([Frames.ipv4 { $0.source = 0xc000_0200 | last }])
            #expect(bench.state.unproven.isEmpty, "192.0.2.\(last)")
            bench.state.burst.removeAll()
        }
        try bench.run([Frames.ipv4 { $0.source = 0xc000_0263 }])
        #expect(!bench.state.unproven.isEmpty)
        bench.state.burst.removeAll()
    }

    @Test func givenOptionsAndPaddingThePacketPasses() throws {
        let bench = try StageBench(try routing(), stages: [.validateIPv4])
        let options = [UInt8](repeating: 1, count: 40)
        let seen = try bench.run([
            Frames.ipv4 { $0.options = options } + [0, 0, 0], Frames.ipv4 { $0.payload = [1] },
        ])
        #expect(seen.drops.isEmpty)
    }

    /// RFC 1071: a header that sums up to minus zero verifies; +1 on any word does not. The headers
    /// are those of DPDK's app/test/test_cksum.c.
    @Test(arguments: [
        "450000280001000040067ccd7f0000017f000001", "4500001d0001000040117ccd7f0000017f000001",
        "460000210001000040117bc97f0000017f00000100000000",
    ])
    func givenAPublishedHeaderAnyWordMoreByOneIsABadChecksum(header: String) throws {
        let bench = try StageBench(try routing(), stages: [.validateIPv4])
        var packet = [UInt8](hex: header)
        let length = Int(packet[2]) << 8 | Int(packet[3])
        packet += [UInt8](repeating: 0, count: length - packet.count)
        // The addresses are loopback ones: the verdict behind the checksum's.
        let right = try bench.run([Frames.ethernet(type: 0x0800, payload: packet)])
        #expect(right.drops.map(\.reason) == [.martianSource])
        for word in stride(from: 4, to: header.count / 2, by: 2) {
            var wrong = packet
            wrong[word + 1] &+= 1
            let seen = try bench.run([Frames.ethernet(type: 0x0800, payload: wrong)])
            #expect(seen.drops.map(\.reason) == [.badChecksum], "word at \(word)")
        }
    }
}
