// SPDX-License-Identifier: Apache-2.0

import PacketHeaders

/// What tells flows apart when captures are compared: the VLAN stack; addresses, protocol and ports
/// of an IP packet, the ports not of a fragment; of other frames MAC addresses and EtherType. Both
/// directions are one flow.
struct FlowName: Hashable, Sendable {
    private let vlans: UInt64
    private let vlanCount: Int
    private let key: FlowKey

    init(_ bytes: [UInt8]) {
        let summary = bytes.withUnsafeBytes { FrameSummary(FrameBytes($0)) }
        vlans = summary.vlans.identifiers
        vlanCount = summary.vlans.count
        key = summary.flow
    }

    /// The flow as the frame goes through it: `udp 192.0.2.1:1000 > 198.51.100.7:53`.
    static func text(_ bytes: [UInt8]) -> String {
        let summary = bytes.withUnsafeBytes { FrameSummary(FrameBytes($0)) }
        let flow = summary.flow
        let (from, to) =
            summary.isSourceFirst ? (flow.first, flow.second) : (flow.second, flow.first)
        var words = (0..<summary.vlans.count).compactMap { index in
            summary.vlans.tag(at: index).map { "vlan \($0.identifier)" }
        }
        words.append(protocolName(flow))
        words.append("\(text(from, flow)) > \(text(to, flow))")
        return words.joined(separator: " ")
    }

    private static func text(_ endpoint: FlowEndpoint, _ flow: FlowKey) -> String {
        switch flow.kind {
        case .ethernet: return MACAddress(rawValue: endpoint.addressLow).description
        case .ipv4:
            let address = IPv4Address(rawValue: UInt32(truncatingIfNeeded: endpoint.addressLow))
            return flow.hasPorts ? "\(address):\(endpoint.port)" : "\(address)"
        case .ipv6:
            let address = IPv6Address(high: endpoint.addressHigh, low: endpoint.addressLow)
            return flow.hasPorts ? "[\(address)]:\(endpoint.port)" : "\(address)"
        }
    }

    private static func protocolName(_ flow: FlowKey) -> String {
        switch flow.ipProtocol {
        case .tcp?: "tcp"
        case .udp?: "udp"
        case .icmp?: "icmp"
        case .icmpv6?: "icmpv6"
        case .sctp?: "sctp"
        case .fragment? where flow.kind == .ipv6: "fragments"
        case let number?: "protocol \(number)"
        case nil: flow.etherType == .arp ? "arp" : flow.etherType.description
        }
    }
}
