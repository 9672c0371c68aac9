// SPDX-License-Identifier: Apache-2.0

import Dataplane
import Forwarding
import FreewayConfiguration
import PacketHeaders
import TestSupport
import Testing

/// The field that decided a drop, against frames that are spoilt by hand.
@Suite struct DecidingFieldTests {
    @Test(arguments: DropReason.allCases, 0..<80)
    func givenAnyBytesNothingBeyondThemIsRead(reason: DropReason, length: Int) {
        // Claims 60 bytes of header and 65,535 in all.
        let frame = [UInt8](repeating: 0xff, count: 14) + [UInt8](repeating: 0x4f, count: 66)
        _ = field(reason, Array(frame.prefix(length)))
    }

    @Test(arguments: [
        DropReason.notConnected, .txQueueFull, .handoffFull, .poolExhausted, .shutdown,
    ]) func givenAReasonOutsideTheFrameThereIsNoField(reason: DropReason) {
        #expect(field(reason, Frames.ipv4()) == nil)
    }

    @Test func givenTooFewBytesTheLengthDecided() {
        #expect(field(.truncatedFrame, [1, 2, 3]) == "frame.length 3, an Ethernet header takes 14")
        #expect(
            field(.truncatedFrame, Array(Frames.ipv4().prefix(33)))
                == "frame.length 33, with an IPv4 header at least 34")
        #expect(field(.noRoute, Array(Frames.ipv4().prefix(33))) == nil)
    }

    @Test(arguments: [
        (DropReason.ipv6NotHandled, UInt16(0x86dd), "0x86dd"),
        (.unknownEtherType, 0x88cc, "0x88cc"),
    ]) func givenAnotherProtocolTheEtherTypeDecided(reason: DropReason, type: UInt16, text: String)
    {
        #expect(field(reason, Frames.ethernet(type: type)) == "ethernet.etherType \(text)")
    }

    @Test func givenTagsOfNoInterfaceTheOuterIdentifierDecided() {
        let frame = Frames.ethernet(type: 0x8100, payload: [0x60, 0x64, 8, 0])
        #expect(field(.unknownVLAN, frame) == "vlan.identifier 100")
        let double = Frames.ethernet(type: 0x88a8, payload: [0x01, 0x2c, 0x81, 0, 0, 7, 8, 0])
        #expect(field(.unknownVLAN, double) == "vlan.identifier 300 of 802.1ad, then 7")
    }

    /// The packet begins behind the tags: its room is the frame without these.
    @Test func givenTagsThePacketBehindThemIsMeasured() {
        var frame = Frames.ipv4 { $0.totalLength = 1500 }
        frame.insert(contentsOf: [0x81, 0, 0, 100], at: 12)
        #expect(field(.badTotalLength, frame) == "ipv4.totalLength 1500, 20 in the frame")
    }

    @Test func givenAnothersMACTheDestinationDecided() {
        #expect(
            field(.notForUs, Frames.ipv4(to: 0x02_aa_00_00_00_05))
                == "ethernet.destination 02:aa:00:00:00:05")
        #expect(
            field(.linkLayerBroadcast, Frames.ipv4(to: 0xffff_ffff_ffff))
                == "ethernet.destination ff:ff:ff:ff:ff:ff")
    }

    /// RFC 1071 by the tests' own sum: of 192.0.2.1 to 198.51.100.7 without options.
    @Test func givenAWrongChecksumBothAreNamed() {
        let right = Frames.ipv4()
        let computed = String(UInt16(right[24]) << 8 | UInt16(right[25]), radix: 16)
        #expect(
            field(.badChecksum, Frames.ipv4 { $0.checksum = 0x0102 })
                == "ipv4.headerChecksum 0x0102, computed 0x\(computed)")
    }

    @Test func givenAWrongChecksumWithOptionsTheyAreInTheSum() {
        let options: [UInt8] = [1, 1, 1, 0]
        let right = Frames.ipv4 { $0.options = options }
        let computed = String(UInt16(right[24]) << 8 | UInt16(right[25]), radix: 16)
        #expect(
            field(
                .badChecksum,
                Frames.ipv4 {
                    $0.options = options
                    $0.checksum = 0xfffe
                }) == "ipv4.headerChecksum 0xfffe, computed 0x\(computed)")
    }

    @Test func givenImpossibleLengthsWhatIsThereIsNamed() {
        #expect(
            field(.badHeaderLength, Frames.ipv4 { $0.headerWords = 4 })
                == "ipv4.headerLength 16, at least 20")
        #expect(
            field(.badHeaderLength, Frames.ipv4 { $0.headerWords = 15 })
                == "ipv4.headerLength 60, 20 in the frame")
        #expect(
            field(.badTotalLength, Frames.ipv4 { $0.totalLength = 19 })
                == "ipv4.totalLength 19, the header alone has 20")
        #expect(
            field(.badTotalLength, Frames.ipv4 { $0.totalLength = 1500 })
                == "ipv4.totalLength 1500, 20 in the frame")
        #expect(field(.badVersion, Frames.ipv4 { $0.version = 6 }) == "ipv4.version 6")
    }

    @Test(arguments: [
        DropReason.martianDestination, .multicast, .directedBroadcast, .localNotHandled, .noRoute,
        .blackhole, .unreachable, .noNeighbour,
    ]) func givenADestinationThatLeadsNowhereItDecided(reason: DropReason) {
        #expect(field(reason, Frames.ipv4()) == "ipv4.destination 198.51.100.7")
    }

    @Test func givenOtherFieldsOfTheIPv4HeaderTheyAreNamed() {
        #expect(
            field(.martianSource, Frames.ipv4 { $0.source = 0x7f00_0001 })
                == "ipv4.source 127.0.0.1")
        #expect(
            field(.timeToLiveExpired, Frames.ipv4 { $0.timeToLive = 1 }) == "ipv4.timeToLive 1")
        #expect(
            field(.exceedsMTU, Frames.ipv4 { $0.totalLength = 1501 }) == "ipv4.totalLength 1501")
    }

    /// A cross-connect measures frames, whatever is in them.
    @Test(arguments: [Frames.ipv4 { $0.totalLength = 46 }, Frames.ethernet(type: 0x88b5)])
    func givenAFrameThatIsTooLongToCrossItsLengthDecided(frame: [UInt8]) {
        #expect(
            field(.exceedsMTU, frame, by: .crossConnect) == "frame.length \(frame.count)")
    }

    @Test func givenAFrameThatTheDeviceRefusedItsLengthIsNamed() {
        #expect(field(.notSent, [1, 2, 3]) == "frame.length 3")
    }

    /// What a source or a destination was held against, in the words of the configuration.
    @Test(
        arguments: [
            (.martianSource, 0xc000_0201, "192.0.2.1, port wan's own address"),
            (
                .martianSource, 0xc000_02ff,
                "192.0.2.255, the broadcast address of 192.0.2.0/24 on wan"
            ),
            // The other end of a link of two (RFC 3021).
            (.martianSource, 0xc633_6401, "198.51.100.1"),
            (.martianSource, 0xa9fe_0101, "169.254.1.1, link-local (RFC 3927)"),
            (.martianDestination, 0xa9fe_0101, "169.254.1.1, link-local (RFC 3927)"),
            (.martianDestination, 0xf000_0001, "240.0.0.1"),
        ] as [(DropReason, UInt32, String)])
    func givenAMartianItsKindIsNamed(reason: DropReason, address: UInt32, value: String) {
        let (name, frame) =
            reason == .martianSource
            ? ("source", Frames.ipv4 { $0.source = address })
            : ("destination", Frames.ipv4 { $0.destination = address })
        #expect(field(reason, frame) == "ipv4.\(name) \(value)")
    }

    private static let configuration = Configuration(
        path: "router.yaml", forward: .route,
        ports: [("wan", 0xc000_0201, 24), ("lan", 0xc633_6400, 31)].map { name, address, length in
            Configuration.Port(
                name: name, device: .tap(name),
                addresses: [
                    .init(address: IPAddress(IPv4Address(rawValue: address)), prefixLength: length)
                ])
        })

    /// Bytes behind the frame must not be read: they are in memory of their own.
    private func field(
        _ reason: DropReason, _ frame: [UInt8], by stage: Stage? = nil
    ) -> String? {
        frame.withUnsafeBytes { bytes in
            DecidingField(
                reason, in: FrameBytes(bytes), frameLength: frame.count, by: stage,
                Self.configuration
            ).map {
                "\($0.name) \($0.value)"
            }
        }
    }
}
