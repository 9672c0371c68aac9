// SPDX-License-Identifier: Apache-2.0

package import PacketHeaders

extension EtherType {
    /// As `--packet` writes it.
    package var word: String {
        switch self {
        case .arp: "arp"
        case .ipv4: "ipv4"
        case .ipv6: "ipv6"
        case .vlan: "vlan"
        case .serviceVLAN: "service vlan"
        default: "EtherType \(self)"
        }
    }
}

extension IPProtocol {
    /// As `--packet` writes it.
    package var word: String {
        switch self {
        case .icmp: "icmp"
        case .tcp: "tcp"
        case .udp: "udp"
        case .sctp: "sctp"
        default: "protocol \(self)"
        }
    }
}
