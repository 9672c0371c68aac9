// SPDX-License-Identifier: Apache-2.0

import Dataplane
import PacketHeaders

/// The header field because of which a frame was dropped, and what it said.
struct DecidingField: Equatable {
    let name: String
    let value: String

    private init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// What a port is called and how large its packets may be.
    struct WayOut {
        let port: String
        let mtu: Int
    }

    /// Nil for reasons that no field decides, such as a full queue.
    /// - Parameters:
    ///   - frame: as it came in.
    ///   - mac: the address of the port that it came in by.
    ///   - wayOut: where the chosen next hop is, as far as that is known.
    ///   - nextHop: its address.
    init?(
        _ reason: DropReason, in frame: FrameFacts, port: String, mac: MACAddress? = nil,
        wayOut: WayOut? = nil, nextHop: IPv4Address? = nil
    ) {
        switch reason {
        case .notConnected: self.init("port", port)
        case .truncatedFrame:
            let needed = frame.ethernet == nil ? "an Ethernet header has 14" : "IPv4 needs 34"
            self.init("frame.length", "\(frame.length), \(needed)")
        case .notForUs, .linkLayerBroadcast, .unknownEtherType, .arpNotHandled, .ipv6NotHandled,
            .vlanNotHandled:
            guard let ethernet = frame.ethernet else { return nil }
            self.init(reason, ethernet, mac)
        default:
            guard let ipv4 = frame.ipv4 else { return nil }
            self.init(reason, ipv4, length: frame.length, wayOut, nextHop)
        }
    }

    private init(_ reason: DropReason, _ ethernet: FrameFacts.Ethernet, _ mac: MACAddress?) {
        switch reason {
        case .notForUs:
            let own = mac.map { ", the port has \($0)" } ?? ""
            self.init("ethernet.destination", "\(ethernet.destination)\(own)")
        case .linkLayerBroadcast:
            self.init("ethernet.destination", "\(ethernet.destination)")
        default: self.init("ethernet.etherType", "\(ethernet.etherType)")
        }
    }

    private init?(
        _ reason: DropReason, _ ipv4: FrameFacts.IPv4, length: Int, _ wayOut: WayOut?,
        _ nextHop: IPv4Address?
    ) {
        let behindEthernet = length - EthernetHeader.byteCount
        switch reason {
        case .badVersion: self.init("ipv4.version", "\(ipv4.version)")
        case .badHeaderLength:
            let limit =
                ipv4.headerLength < IPv4Header.minimumByteCount
                ? "at least 20" : "the frame has \(behindEthernet)"
            self.init("ipv4.headerLength", "\(ipv4.headerLength), \(limit)")
        case .badTotalLength:
            let limit =
                ipv4.totalLength < ipv4.headerLength
                ? "the header has \(ipv4.headerLength)" : "the frame has \(behindEthernet)"
            self.init("ipv4.totalLength", "\(ipv4.totalLength), \(limit)")
        case .badChecksum:
            let computed = ipv4.computedChecksum.map { ", computed \($0.hexadecimal)" } ?? ""
            self.init("ipv4.headerChecksum", "\(ipv4.checksum.hexadecimal)\(computed)")
        case .martianSource: self.init("ipv4.source", "\(ipv4.source)")
        case .timeToLiveExpired: self.init("ipv4.timeToLive", "\(ipv4.timeToLive)")
        case .exceedsMTU:
            let limit = wayOut.map { ", the MTU of \($0.port) is \($0.mtu)" } ?? ""
            self.init("ipv4.totalLength", "\(ipv4.totalLength)\(limit)")
        case .noNeighbour:
            let via = nextHop.map { hop in
                ", \(hop)\(wayOut.map { " on \($0.port)" } ?? "") has no neighbour entry"
            }
            self.init("ipv4.destination", "\(ipv4.destination)\(via ?? "")")
        case .martianDestination, .multicast, .directedBroadcast, .localNotHandled, .noRoute,
            .blackhole, .unreachable:
            self.init("ipv4.destination", "\(ipv4.destination)")
        default: return nil
        }
    }
}
