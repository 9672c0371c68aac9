// SPDX-License-Identifier: Apache-2.0

import Dataplane
import FreewayConfiguration

/// What `freeway bench` can measure.
public enum BenchWorkload: String, CaseIterable, Sendable {
    case crossConnect = "cross-connect"
    case route1 = "route-1"
    case route
    case route100k = "route-100k"
    case route1m = "route-1m"
    case ecmp
    case handOff = "hand-off"
    case imix
    case vlan
    case mixed
    case gateways4 = "gateways-4"
    case gateways10k = "gateways-10k"
    case hosts10k = "hosts-10k"
    case fragments
    case route6
    case route6of100k = "route6-100k"
    case route6Scattered = "route6-scattered"
    case mixedFamilies = "mixed-families"
    case vrf1 = "vrf-1"
    case vrf64 = "vrf-64"
    /// The user's own file, with frames of 64 bytes.
    case config

    /// Those that need no file and are measured unless the user names others.
    public static let usual: [BenchWorkload] = [
        .crossConnect, .route1, .route, .route100k, .route1m, .ecmp, .handOff,
    ]
    /// All that need no file.
    public static let builtIn =
        usual + [
            .imix, .vlan, .mixed, .gateways4, .gateways10k, .hosts10k, .fragments, .route6,
            .route6of100k, .route6Scattered, .mixedFamilies, .vrf1, .vrf64,
        ]
    /// Those of a file.
    public static let ofFile: [BenchWorkload] = [.config, .imix]

    /// Routes of a built-in workload, or of each of its VRFs, the default route among them.
    var prefixes: Int {
        switch self {
        case .crossConnect, .config: 0
        case .route1: 1
        case .route, .ecmp, .handOff, .imix, .vlan, .mixed, .fragments, .route6: 1_000
        case .mixedFamilies: 2_000
        case .gateways4, .gateways10k: 10_000
        case .hosts10k: 1
        case .vrf1, .vrf64: 16
        case .route100k, .route6of100k, .route6Scattered: 100_000
        case .route1m: 1_000_000
        }
    }

    /// Different frames for each worker's source.
    var frames: Int {
        switch self {
        case .crossConnect: 1_024
        // Whole dozens of 7, 4 and 1.
        case .imix: 8_184
        case .gateways4, .gateways10k, .hosts10k: 16_384
        default: 8_192
        }
    }

    /// Bytes of the frames in turn, without FCS.
    var frameSizes: [Int] {
        switch self {
        case .imix: [60, 590, 60, 60, 590, 60, 1_514, 60, 590, 60, 590, 60]
        case .fragments: [1_514]
        case .route6, .route6of100k, .route6Scattered, .mixedFamilies: [62]
        default: [60]
        }
    }

    /// Whether packets are of IPv6, or half of them.
    var hasIPv6: Bool {
        switch self {
        case .route6, .route6of100k, .route6Scattered, .mixedFamilies: true
        default: false
        }
    }

    var hasIPv4: Bool { !hasIPv6 || self == .mixedFamilies }

    /// Of the port that frames leave by.
    var mtuOut: Int { self == .fragments ? 1_400 : Configuration.Port.defaultMTU }

    /// The VLANs that frames come in by, in turn; none for untagged ones.
    var vlans: [UInt16] {
        switch self {
        case .vlan, .vrf1: [100]
        case .vrf64: (0..<64).map { 100 + $0 }
        default: []
        }
    }

    /// Whether the interfaces of each VLAN belong to a VRF.
    var hasVRFs: Bool { self == .vrf1 || self == .vrf64 }

    /// Routers that packets go to, on the network of the port that they leave by.
    var gateways: Int {
        switch self {
        case .gateways4: 4
        case .gateways10k: 10_000
        case .hosts10k: 0
        default: 8
        }
    }

    /// Hosts on that network that packets are for, whose MAC addresses were found out.
    var hosts: Int { self == .hosts10k ? 10_000 : 0 }

    /// Whether the network holds that many.
    var isWide: Bool { hosts > 0 || gateways > 8 || self == .gateways4 }

    /// Whether each tenth frame is none of IPv4.
    var isMixed: Bool { self == .mixed }

    /// Why frames are dropped that are no fault: those that are none of IPv4.
    var expectedDrops: Set<DropReason> {
        isMixed ? [.arpNotForUs, .ipv6NotHandled, .unknownEtherType] : []
    }

    /// One line for `--help`.
    public var summary: String {
        switch self {
        case .crossConnect: "frames cross from a port to another; 1,024 of them"
        case .route1: "IPv4 routing, a default route"
        case .route: "IPv4 routing, 1,000 prefixes"
        case .route100k: "IPv4 routing, 100,000 prefixes"
        case .route1m: "IPv4 routing, 1,000,000 prefixes, about a full BGP table"
        case .ecmp: "1,000 prefixes, each over four next hops"
        case .handOff: "1,000 prefixes, two workers behind one queue: software RSS"
        case .imix: "1,000 prefixes or the file's own; 64, 594 and 1518 bytes as 7:4:1"
        case .vlan:
            "1,000 prefixes; frames come in by a VLAN and leave by another, with one tag each"
        case .mixed:
            "1,000 prefixes; each tenth frame is ARP for others, IPv6 or LLDP, and counts, too"
        case .gateways4: "10,000 prefixes over four next hops"
        case .gateways10k: "10,000 prefixes, each over a next hop of its own"
        case .hosts10k: "10,000 hosts on a network of ours, whose MAC addresses were found out"
        case .fragments:
            "1,000 prefixes; packets of 1,500 bytes leave in two parts, by an MTU of 1,400"
        case .route6: "IPv6 routing, 1,000 prefixes"
        case .route6of100k:
            "IPv6 routing, 100,000 prefixes with the lengths of the Internet's table"
        case .route6Scattered:
            "IPv6 routing, 100,000 prefixes of 48 bits that have nothing in common"
        case .mixedFamilies: "1,000 prefixes of IPv4 and 1,000 of IPv6; half the packets of each"
        case .vrf1: "a VRF with 16 prefixes; frames come in by a VLAN and leave by another"
        case .vrf64: "64 of these, with the same addresses; each frame is another one's"
        case .config: "the file that is named"
        }
    }
}
