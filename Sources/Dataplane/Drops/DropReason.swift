// SPDX-License-Identifier: Apache-2.0

/// Why a frame was not forwarded. The name of a case is its spelling everywhere: tables, JSON,
/// metrics and documents. Each worker keeps one tally for each case.
public enum DropReason: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// The frame ends inside the Ethernet header or inside the fixed part of the IPv4 header.
    case truncatedFrame
    /// No stage handles the frame's EtherType.
    case unknownEtherType
    /// The destination MAC is a unicast address other than the port's.
    case notForUs
    /// ARP: static neighbours only, so far.
    case arpNotHandled
    /// IPv6 is not routed yet.
    case ipv6NotHandled
    /// The frame has an 802.1Q or 802.1ad tag, and the port has no VLANs.
    case vlanNotHandled
    /// The IP version is not 4 (RFC 1812, 5.2.2).
    case badVersion
    /// The header length is below 20 bytes or reaches beyond the frame (RFC 1812, 5.2.2).
    case badHeaderLength
    /// The total length is below the header's or beyond the frame's (RFC 1812, 5.2.2).
    case badTotalLength
    /// The IPv4 header checksum is wrong (RFC 1812, 4.2.2.5).
    case badChecksum
    /// The source is in 0/8, 127/8, multicast or reserved space, one of Freeway's own addresses or the
    /// broadcast address of a connected network (RFC 1812, 4.2.2.11 and 5.3.7), or link-local, and the
    /// destination not Freeway itself (RFC 3927, 7).
    case martianSource
    /// The destination is in 0/8, 127/8 or 240/4 (RFC 1812, 5.3.7), or link-local and not Freeway's own
    /// (RFC 3927, 7).
    case martianDestination
    /// The destination is a multicast group; multicast is not routed.
    case multicast
    /// A broadcast or multicast MAC with a unicast IPv4 destination (RFC 1812, 5.3.4).
    case linkLayerBroadcast
    /// The destination is the broadcast address of a connected network (RFC 2644).
    case directedBroadcast
    /// Addressed to Freeway itself, which answers no protocol yet.
    case localNotHandled
    /// No route matches the destination.
    case noRoute
    /// The route's action is to discard without a word.
    case blackhole
    /// The route's action is to call the destination unreachable.
    case unreachable
    /// The time to live is 0 or 1 (RFC 1812, 5.3.1).
    case timeToLiveExpired
    /// The next hop's MAC is not known.
    case noNeighbour
    /// The packet is larger than the MTU of the port that it would leave by.
    case exceedsMTU
    /// The port has no peer in the cross-connect.
    case notConnected
    /// The link of the port that the frame came in by, or would leave by, is down.
    case linkDown
    /// The transmit queue took no more frames, after retries within the round.
    case txQueueFull
    /// The device refused the frame, after retries within the round, and took frames behind it.
    case notSent
    /// The ring to the worker that owns the flow or the queue was full.
    case handoffFull
    /// No buffer was free for a frame that Freeway makes. Freeway makes none yet, so it stays 0.
    case poolExhausted
    /// The frame was still on its way when the forwarder stopped.
    case shutdown

    /// One line for tables: what happened.
    public var summary: String {
        switch self {
        case .truncatedFrame: "the frame ends inside a header"
        case .unknownEtherType: "no stage handles the EtherType"
        case .notForUs: "the destination MAC is another's"
        case .arpNotHandled: "ARP is not handled yet"
        case .ipv6NotHandled: "IPv6 is not handled yet"
        case .vlanNotHandled: "VLAN tags are not handled yet"
        case .badVersion: "the IP version is not 4"
        case .badHeaderLength: "the IPv4 header length is impossible"
        case .badTotalLength: "the IPv4 total length is impossible"
        case .badChecksum: "the IPv4 header checksum is wrong"
        case .martianSource: "the source address cannot be a source"
        case .martianDestination: "the destination address cannot be routed"
        case .multicast: "multicast is not routed"
        case .linkLayerBroadcast: "unicast packet in a broadcast frame"
        case .directedBroadcast: "directed broadcast of a connected network"
        case .localNotHandled: "addressed to Freeway, which answers nothing yet"
        case .noRoute: "no route matches"
        case .blackhole: "the route is a blackhole"
        case .unreachable: "the route is unreachable"
        case .timeToLiveExpired: "the time to live ran out"
        case .noNeighbour: "the next hop's MAC is not known"
        case .exceedsMTU: "larger than the MTU of the way out"
        case .notConnected: "the port has no peer"
        case .linkDown: "the port's link is down"
        case .txQueueFull: "the transmit queue was full"
        case .notSent: "the device refused the frame, and took others"
        case .handoffFull: "the ring to another worker was full"
        case .poolExhausted: "no packet buffer was free"
        case .shutdown: "on its way when the forwarder stopped"
        }
    }

    /// The spelling in JSON, metrics and documents.
    public var name: String { String(describing: self) }
}
