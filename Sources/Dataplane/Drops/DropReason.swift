// SPDX-License-Identifier: Apache-2.0

/// Why a frame was not forwarded. The name of a case is its spelling everywhere: tables, JSON,
/// metrics and documents. Each worker keeps one tally for each case. All else that there is to know of a
/// reason is its `row`.
public enum DropReason: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// The frame ends inside the Ethernet header or inside the fixed part of the IPv4 header.
    case truncatedFrame
    /// No stage handles the frame's EtherType.
    case unknownEtherType
    /// The destination MAC is a unicast address other than the port's.
    case notForUs
    /// The ARP packet is none of IPv4 over Ethernet, neither asks nor answers, or comes from a MAC that is no host's
    /// (RFC 826; RFC 1812, 3.3.2).
    case badARP
    /// The ARP packet asks for, or tells, another's address.
    case arpNotForUs
    /// The ARP packet's sender is on no network of the interface.
    case arpForeignSender
    /// The ARP packet is an answer that nobody asked for.
    case arpUnsolicited
    /// The ARP packet's sender has one of the interface's own addresses (RFC 5227, 2.4).
    case addressConflict
    /// IPv6 is not routed yet.
    case ipv6NotHandled
    /// The frame has 802.1Q or 802.1ad tags that no interface of the port has.
    case unknownVLAN
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
    /// An option names the way that the packet is to take, which nobody is asked to follow any more (RFC 7126, 4.3 and 4.4).
    case sourceRoute
    /// An option is wrong, and the configuration asks to look (`icmp.parameterProblems`; RFC 1812, 4.3.3.5).
    case badOptions
    /// The interface asks for a source that is reached by it, or at all, and this one is not (`sourceCheck`; RFC 3704, 2.2
    /// and 2.4).
    case sourceCheckFailed
    /// The destination is the broadcast address of a connected network (RFC 2644).
    case directedBroadcast
    /// Addressed to Freeway itself, which answers ICMP echo requests alone, and none with options. Who sends it UDP, or a
    /// protocol that it does not know, is told.
    case localNotHandled
    /// An ICMP message to Freeway itself whose checksum is wrong (RFC 792).
    case badICMPChecksum
    /// The datagram to Freeway itself that the frame is a part of was not whole within 30 seconds (RFC 1122, 3.3.2).
    case reassemblyTimeout
    /// More datagrams to Freeway itself come in parts than there is room for: four, in 48 buffers, for each 128th of all pairs
    /// of addresses. The oldest goes.
    case reassemblyLimit
    /// The part of a datagram to Freeway itself ends where none can end, or is there already (RFC 791, 3.2).
    case badFragment
    /// Parts of a datagram to Freeway itself contradict each other: all of it is dropped (RFC 5722).
    case fragmentOverlap
    /// No route matches the destination.
    case noRoute
    /// The route's action is to discard without a word.
    case blackhole
    /// The route's action is to call the destination unreachable.
    case unreachable
    /// The route's action is to say that the destination is forbidden.
    case prohibited
    /// The time to live is 0 or 1 (RFC 1812, 5.3.1).
    case timeToLiveExpired
    /// The next hop's MAC is not known: it did not answer, or nobody asks.
    case noNeighbour
    /// More packets wait for MACs than there is room for: three for a host, and eight for each 128th of all hosts. The one
    /// that has waited longest goes.
    case neighbourQueueFull
    /// Too many hosts are asked for their MAC at a time, or each second.
    case neighbourLimit
    /// The packet is larger than the MTU of the port that it would leave by, and must not be cut (RFC 791, 3.2).
    case exceedsMTU
    /// No pair of the cross-connect has the untagged frames of the port, which has VLANs.
    case notConnected
    /// The link of the port that the frame came in by, or would leave by, is down.
    case linkDown
    /// The transmit queue took no more frames, after retries within the round.
    case txQueueFull
    /// The device refused the frame, after retries within the round, and took frames behind it.
    case notSent
    /// The buffer has no room in front of the frame for the tags of the interface that it leaves by: only memory that
    /// another process shares has none.
    case noHeadroom
    /// The ring to the worker that owns the flow was full: workers take less than a port brings.
    case handoffFull
    /// The ring to the worker that owns the transmit queue was full: one worker sends for all.
    case transmitHandoffFull
    /// No buffer was free for a part of a packet that is cut. Answers have the buffers of what they answer, and a question by
    /// ARP that finds none is asked again a second later.
    case poolExhausted
    /// The frame was still on its way when the forwarder stopped.
    case shutdown

    /// What there is to know of a reason, for tables, messages and docs/drop-reasons.md, which is made of it.
    public struct Row: Sendable, Equatable {
        /// One line: what happened.
        public let summary: String
        /// The field of the frame that decided, named as in expectations, or `frame.length`, or `port`; nil where
        /// it was none.
        public let field: String?
        /// Where it is written that such a frame goes no further.
        public let source: String?
        /// Whether a frame of a replay can be dropped for it: a replay waits where a live forwarder drops.
        public let isForReplays: Bool

        init(
            _ summary: String, field: String? = nil, source: String? = nil,
            isForReplays: Bool = true
        ) {
            self.summary = summary
            self.field = field
            self.source = source
            self.isForReplays = isForReplays
        }
    }

    public var row: Row {
        switch self {
        case .truncatedFrame: .init("the frame ends inside a header", field: "frame.length")
        case .unknownEtherType: .init("no stage handles the EtherType", field: "ethernet.etherType")
        case .notForUs: .init("the destination MAC is another's", field: "ethernet.destination")
        case .badARP:
            .init("the ARP packet is impossible", field: "arp.operation", source: "RFC 826")
        case .arpNotForUs: .init("ARP about another's address", field: "arp.targetAddress")
        case .arpForeignSender:
            .init("the ARP sender is on no network of the interface", field: "arp.senderAddress")
        case .arpUnsolicited:
            .init("an ARP answer that nobody asked for", field: "arp.senderAddress")
        case .addressConflict:
            .init(
                "another host has the interface's address", field: "arp.senderAddress",
                source: "RFC 5227, 2.4")
        case .ipv6NotHandled: .init("IPv6 is not handled yet", field: "ethernet.etherType")
        case .unknownVLAN:
            .init(
                "no interface of the port has the VLAN tags", field: "vlan.identifier",
                source: "IEEE 802.1Q, 8.6.2")
        case .badVersion:
            .init("the IP version is not 4", field: "ipv4.version", source: "RFC 1812, 5.2.2")
        case .badHeaderLength:
            .init(
                "the IPv4 header length is impossible", field: "ipv4.headerLength",
                source: "RFC 1812, 5.2.2")
        case .badTotalLength:
            .init(
                "the IPv4 total length is impossible", field: "ipv4.totalLength",
                source: "RFC 1812, 5.2.2")
        case .badChecksum:
            .init(
                "the IPv4 header checksum is wrong", field: "ipv4.headerChecksum",
                source: "RFC 1812, 4.2.2.5")
        case .martianSource:
            .init(
                "the source address cannot be a source", field: "ipv4.source",
                source: "RFC 1812, 4.2.2.11 and 5.3.7; RFC 3927, 7")
        case .martianDestination:
            .init(
                "the destination address cannot be routed", field: "ipv4.destination",
                source: "RFC 1812, 5.3.7; RFC 3927, 7")
        case .multicast: .init("multicast is not routed", field: "ipv4.destination")
        case .linkLayerBroadcast:
            .init(
                "unicast packet in a broadcast frame", field: "ethernet.destination",
                source: "RFC 1812, 5.3.4")
        case .sourceRoute:
            .init(
                "an option names the way to take", field: "ipv4.headerLength",
                source: "RFC 7126, 4.3 and 4.4")
        case .badOptions:
            .init(
                "an option is wrong", field: "ipv4.headerLength", source: "RFC 1812, 4.3.3.5")
        case .sourceCheckFailed:
            .init(
                "the way to the source is another", field: "ipv4.source",
                source: "RFC 3704, 2.2 and 2.4; RFC 1812, 5.3.8")
        case .directedBroadcast:
            .init(
                "directed broadcast of a connected network", field: "ipv4.destination",
                source: "RFC 2644")
        case .localNotHandled:
            .init("addressed to Freeway, which answers ICMP echo alone", field: "ipv4.destination")
        case .badICMPChecksum:
            .init("the ICMP checksum is wrong", field: "icmp.checksum", source: "RFC 792")
        case .reassemblyTimeout:
            .init(
                "the other parts did not come in time", field: "ipv4.fragmentOffset",
                source: "RFC 1122, 3.3.2")
        case .reassemblyLimit:
            .init("too many datagrams come in parts", field: "ipv4.fragmentOffset")
        case .badFragment:
            .init(
                "an impossible part of a datagram", field: "ipv4.fragmentOffset",
                source: "RFC 791, 3.2")
        case .fragmentOverlap:
            .init(
                "parts contradict each other", field: "ipv4.fragmentOffset", source: "RFC 5722")
        case .noRoute: .init("no route matches", field: "ipv4.destination")
        case .blackhole: .init("the route is a blackhole", field: "ipv4.destination")
        case .unreachable: .init("the route is unreachable", field: "ipv4.destination")
        case .prohibited: .init("the route is prohibited", field: "ipv4.destination")
        case .timeToLiveExpired:
            .init("the time to live ran out", field: "ipv4.timeToLive", source: "RFC 1812, 5.3.1")
        case .noNeighbour: .init("the next hop's MAC is not known", field: "ipv4.destination")
        case .neighbourQueueFull:
            .init("others wait for the next hop's MAC", field: "ipv4.destination")
        case .neighbourLimit:
            .init("too many next hops are asked for their MAC", field: "ipv4.destination")
        case .exceedsMTU: .init("larger than the MTU of the way out", field: "ipv4.totalLength")
        case .notConnected: .init("no pair has the port's untagged frames", field: "port")
        case .linkDown: .init("the port's link is down", field: "port")
        case .txQueueFull: .init("the transmit queue was full", isForReplays: false)
        case .notSent:
            .init(
                "the device refused the frame, and took others", field: "frame.length",
                isForReplays: false)
        case .noHeadroom:
            .init("the buffer had no room for a VLAN tag", isForReplays: false)
        case .handoffFull:
            .init("the ring to the worker of the flow was full", isForReplays: false)
        case .transmitHandoffFull:
            .init("the ring to the worker that sends was full", isForReplays: false)
        case .poolExhausted: .init("no packet buffer was free", isForReplays: false)
        case .shutdown: .init("on its way when the forwarder stopped", isForReplays: false)
        }
    }

    /// One line for tables: what happened.
    public var summary: String { row.summary }

    /// The spelling in JSON, metrics and documents.
    public var name: String { String(describing: self) }
}
