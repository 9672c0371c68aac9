// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

extension FrameSummary {
    /// Where a frame goes, in one line: `192.0.2.1:1000 > 198.51.100.7:53 udp`, `vlan 5` in front where
    /// it is tagged. Nil without a whole Ethernet header.
    static func text(of frame: FrameBytes) -> String? {
        guard EthernetHeader(frame) != nil else { return nil }
        let summary = FrameSummary(frame)
        let (first, second) = (summary.flow.first, summary.flow.second)
        let (source, destination) = summary.isSourceFirst ? (first, second) : (second, first)
        let tags = (0..<summary.vlans.count).compactMap { summary.vlans.tag(at: $0) }.map {
            "vlan \($0.identifier) "
        }
        return tags.joined() + "\(summary.name(source)) > \(summary.name(destination)) "
            + summary.protocolName
    }

    private func name(_ end: FlowEndpoint) -> String {
        switch flow.kind {
        case .ethernet: "\(MACAddress(rawValue: end.addressLow))"
        case .ipv4:
            "\(IPv4Address(rawValue: UInt32(truncatingIfNeeded: end.addressLow)))"
                + (flow.hasPorts ? ":\(end.port)" : "")
        case .ipv6:
            flow.hasPorts
                ? "[\(IPv6Address(high: end.addressHigh, low: end.addressLow))]:\(end.port)"
                : "\(IPv6Address(high: end.addressHigh, low: end.addressLow))"
        }
    }

    private var protocolName: String {
        let fragment = fragmentPosition.isFragment ? " fragment" : ""
        return switch flow.ipProtocol {
        case nil: "\(flow.etherType)"
        case IPProtocol.icmp: "icmp" + fragment
        case IPProtocol.tcp: "tcp" + fragment
        case IPProtocol.udp: "udp" + fragment
        case IPProtocol.icmpv6: "icmpv6"
        case IPProtocol.sctp: "sctp" + fragment
        case IPProtocol.fragment: "fragment"
        case let other?: "protocol \(other)" + fragment
        }
    }
}
