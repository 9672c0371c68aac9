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
    /// The interface has no IPv6 (`ipv6`, `addresses`).
    case ipv6NotHandled
    /// The message of neighbour discovery has a hop limit other than 255, a wrong checksum, impossible options or addresses, or comes in
    /// parts (RFC 4861, 6.1 and 7.1; RFC 6980, 5).
    case badNeighbourDiscovery
    /// The solicitation asks for another's address.
    case ndNotForUs
    /// The solicitation's sender is on no network of the interface.
    case ndForeignSender
    /// The advertisement is about a host that nobody asked for, or knows (RFC 4861, 7.2.5).
    case ndUnsolicited
    /// A router's advertisement or redirect, from which a router takes nothing (RFC 4861, 6.2.7 and 8).
    case routerMessage
    /// A solicitation of routers on an interface that advertises nothing (`ra`; RFC 4861, 6.2.6).
    case routerSolicitation
    /// The frame has 802.1Q or 802.1ad tags that no interface of the port has.
    case unknownVLAN
    /// The IP version is not what the EtherType says (RFC 1812, 5.2.2; RFC 8200, 3).
    case badVersion
    /// The header length is below 20 bytes or reaches beyond the frame (RFC 1812, 5.2.2).
    case badHeaderLength
    /// The total length is below the header's or beyond the frame's (RFC 1812, 5.2.2).
    case badTotalLength
    /// The payload length of IPv6 is beyond the frame's end, or 0 in front of hop-by-hop options (RFC 8200, 3; RFC 2675).
    case badPayloadLength
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
    /// The source is of its link alone, and the destination is not Freeway's own (RFC 4291, 2.5.6).
    case beyondScope
    /// A broadcast or multicast MAC with a unicast destination (RFC 1812, 5.3.4).
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
    /// Addressed to Freeway itself, which answers ICMP echo requests and ARP and their likes of IPv6 alone, and of IPv4 none with
    /// options. Who sends it UDP, or a protocol that it does not know, is told.
    case localNotHandled
    /// An extension header of a packet to Freeway itself is impossible, or asks for what is not known (RFC 8200, 4; RFC 5095).
    case badExtensionHeader
    /// An ICMP message to Freeway itself whose checksum is wrong (RFC 792).
    case badICMPChecksum
    /// The datagram to Freeway itself that the frame is a part of was not whole within 30 seconds (RFC 1122, 3.3.2).
    case reassemblyTimeout
    /// More datagrams to Freeway itself come in parts than there is room for: four, in 48 buffers, for each 128th of all pairs
    /// of addresses. The oldest goes.
    case reassemblyLimit
    /// The part of a datagram to Freeway itself ends where none can end, or is there already (RFC 791, 3.2); or only some parts
    /// of the datagram say that their sender can be told of congestion (ECN; RFC 3168, 5.3).
    case badFragment
    /// Parts of a datagram to Freeway itself contradict each other: all of it is dropped (RFC 5722).
    case fragmentOverlap
    /// No route matches the destination.
    case noRoute
    /// The next hop of the route is on no network of an interface, and no other route leads to it, or only one that leads
    /// back to it.
    case nextHopUnresolved
    /// Routes that look packets up in other VRFs lead round in a circle.
    case vrfLoop
    /// The route's action is to discard without a word.
    case blackhole
    /// The route's action is to call the destination unreachable.
    case unreachable
    /// The route's action is to say that the destination is forbidden.
    case prohibited
    /// The time to live, or the hop limit, is 0 or 1 (RFC 1812, 5.3.1; RFC 8200, 3).
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
        case .ipv6NotHandled: .init("the interface has no IPv6", field: "ethernet.etherType")
        case .badNeighbourDiscovery:
            .init(
                "an impossible message of neighbour discovery", field: "icmpv6.type",
                source: "RFC 4861, 6.1 and 7.1; RFC 6980, 5")
        case .ndNotForUs:
            .init("a solicitation of another's address", field: "icmpv6.type")
        case .ndForeignSender:
            .init(
                "the solicitation's sender is on no network of the interface", field: "ipv6.source")
        case .ndUnsolicited:
            .init(
                "an advertisement of a host that nobody asked for", field: "icmpv6.type",
                source: "RFC 4861, 7.2.5")
        case .routerMessage:
            .init(
                "a router takes nothing from another's messages to hosts", field: "icmpv6.type",
                source: "RFC 4861, 6.2.7 and 8")
        case .routerSolicitation:
            .init("the interface advertises no router", field: "icmpv6.type")
        case .unknownVLAN:
            .init(
                "no interface of the port has the VLAN tags", field: "vlan.identifier",
                source: "IEEE 802.1Q, 8.6.2")
        case .badVersion:
            .init(
                "the IP version is another than the EtherType says", field: "ipv4.version",
                source: "RFC 1812, 5.2.2")
        case .badHeaderLength:
            .init(
                "the IPv4 header length is impossible", field: "ipv4.headerLength",
                source: "RFC 1812, 5.2.2")
        case .badTotalLength:
            .init(
                "the IPv4 total length is impossible", field: "ipv4.totalLength",
                source: "RFC 1812, 5.2.2")
        case .badPayloadLength:
            .init(
                "the IPv6 payload length is impossible", field: "ipv6.payloadLength",
                source: "RFC 8200, 3")
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
        case .beyondScope:
            .init(
                "a link-local source, and a destination elsewhere", field: "ipv6.source",
                source: "RFC 4291, 2.5.6; RFC 4443, 3.1")
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
        case .badExtensionHeader:
            .init(
                "an extension header that nobody can take", field: "ipv6.nextHeader",
                source: "RFC 8200, 4")
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
        case .nextHopUnresolved:
            .init("no route leads to the route's next hop", field: "ipv4.destination")
        case .vrfLoop: .init("VRFs lead to each other", field: "ipv4.destination")
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

    /// Whether only packets of IPv6 are dropped for it, where an interface has that.
    public var isOfIPv6: Bool {
        switch self {
        case .badNeighbourDiscovery, .ndNotForUs, .ndForeignSender, .ndUnsolicited, .routerMessage,
            .routerSolicitation, .badPayloadLength, .beyondScope, .badExtensionHeader:
            true
        default: false
        }
    }

    /// One line for tables: what happened.
    public var summary: String { row.summary }

    /// The spelling in JSON, metrics and documents.
    public var name: String { String(describing: self) }
}
