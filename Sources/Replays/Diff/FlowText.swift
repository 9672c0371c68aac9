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
        guard let ipProtocol = summary.flow.ipProtocol else {
            return summary.tags + "\(summary.flow.etherType.word) \(summary.ends)"
        }
        return summary.tags + "\(ipProtocol.word) \(summary.ends)"
    }
}
