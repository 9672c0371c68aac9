// SPDX-License-Identifier: Apache-2.0

import PacketFields

/// Tells whether a frame that came in could be one that is expected to leave.
public enum FrameResemblance {
    /// What forwarding changes in a frame: the link's header, the time to live, checksums.
    private static let rules = ComparisonRules(
        ignored: Set(
            FieldName.allCases.filter { name in
                name.isChecksum || name == .ipv4TimeToLive || name == .ipv6HopLimit
                    || ["ethernet.", "vlan"].contains { name.rawValue.hasPrefix($0) }
            }))

    /// How unlike two frames are, 0 for what differs in nothing but what forwarding changes; `nil` when
    /// they are hardly the same frame.
    public static func cost(_ expected: [UInt8], _ entered: [UInt8]) -> Int? {
        let cost = FramePair(FrameFields(expected), FrameFields(entered), rules).cost
        return cost < FramePair.costOfTwoFrames ? cost : nil
    }
}
