// SPDX-License-Identifier: Apache-2.0

import Forwarding
import PacketHeaders

/// A flow of a capture: VLAN stack, sorted endpoints, protocol.
struct CapturedFlow: Hashable {
    private let vlans: UInt64
    private let depth: Int
    private let key: FlowKey

    init(_ summary: FrameSummary) {
        vlans = summary.vlans.identifiers
        depth = summary.vlans.count
        key = summary.flow
    }

    /// The flow in the direction of a frame of it, such as `udp 10.0.0.1:1000 > 192.0.2.7:53`.
    static func text(_ summary: FrameSummary) -> String {
        let flow = summary.flow
        let source = summary.isSourceFirst ? flow.first : flow.second
        let destination = summary.isSourceFirst ? flow.second : flow.first
        var text = ""
        for index in 0..<summary.vlans.count {
            text += "vlan \(summary.vlans.tag(at: index)?.identifier ?? 0) "
        }
        guard let ipProtocol = flow.ipProtocol else {
            return text
                + "\(FrameFacts.name(flow.etherType)) \(MACAddress(rawValue: source.addressLow))"
                + " > \(MACAddress(rawValue: destination.addressLow))"
        }
        text += FrameFacts.name(ipProtocol)
        return text + " \(endpoint(source, flow)) > \(endpoint(destination, flow))"
    }

    private static func endpoint(_ endpoint: FlowEndpoint, _ flow: FlowKey) -> String {
        switch flow.kind {
        case .ipv6:
            let address = IPv6Address(high: endpoint.addressHigh, low: endpoint.addressLow)
            return flow.hasPorts ? "[\(address)]:\(endpoint.port)" : "\(address)"
        default:
            let address = IPv4Address(rawValue: UInt32(truncatingIfNeeded: endpoint.addressLow))
            return flow.hasPorts ? "\(address):\(endpoint.port)" : "\(address)"
        }
    }
}
