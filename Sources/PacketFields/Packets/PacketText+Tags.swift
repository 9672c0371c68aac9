// SPDX-License-Identifier: Apache-2.0

public import FreewayConfiguration
import PacketHeaders

extension PacketText {
    /// Gives the packet the tags of an interface.
    /// - Parameter vlans: identifiers, that of the outer tag first.
    /// - Returns: false where it has tags already.
    public mutating func enter(
        _ vlans: [UInt16], _ encapsulation: Configuration.Interface.Encapsulation
    ) -> Bool {
        guard tags.isEmpty else { return false }
        tags = vlans.enumerated().map { index, identifier in
            VLANTag(
                type: index == 0 ? encapsulation.etherType : .vlan, controlInformation: identifier)
        }
        return true
    }
}
