// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

extension Configuration.Port {
    /// The MAC address of a port in a replay when the file gives none.
    ///
    /// `02` (locally administered, one interface), then the low 40 bits, most significant byte
    /// first, of the 64-bit FNV-1a hash of the name in UTF-8. It is part of what a replay case
    /// relies on and never changes.
    public static func derivedMAC(name: String) -> MACAddress {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        return MACAddress(rawValue: 0x0200_0000_0000 | (hash & 0xff_ffff_ffff))
    }
}
