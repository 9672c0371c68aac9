// SPDX-License-Identifier: Apache-2.0

package import PacketHeaders

extension FrameSummary {
    /// Where a frame goes, in one line: `192.0.2.1:1000 > 198.51.100.7:53 udp`, `vlan 5` in front where
    /// it is tagged. Nil without a whole Ethernet header.
    static func text(of frame: FrameBytes) -> String? {
        guard EthernetHeader(frame) != nil else { return nil }
        let summary = FrameSummary(frame)
        return summary.tags + "\(summary.ends) " + summary.protocolName
    }

    package var source: FlowEndpoint { isSourceFirst ? flow.first : flow.second }
    package var destination: FlowEndpoint { isSourceFirst ? flow.second : flow.first }

    /// The tags in words, with a blank behind each.
    package var tags: String {
        (0..<vlans.count).compactMap { vlans.tag(at: $0) }.map { "vlan \($0.identifier) " }
            .joined()
    }

    /// `192.0.2.1:1000 > 198.51.100.7:53`
    package var ends: String { "\(name(source)) > \(name(destination))" }

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
        case IPProtocol.icmpv6: "icmpv6"
        case IPProtocol.fragment: "fragment"
        case let other?: other.word + fragment
        }
    }
}
