// SPDX-License-Identifier: Apache-2.0

extension PacketText {
    /// The words that give a field another value than the usual one.
    enum Option: String, CaseIterable {
        case ttl, tos, id, df, mf, offset, length, flags, checksum, payload, vlan, svlan, from,
            to
    }
}
