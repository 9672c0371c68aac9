// SPDX-License-Identifier: Apache-2.0

public import PacketHeaders

extension Configuration.Port {
    /// The MAC address of a port in a replay when the file gives none.
    ///
    /// `02` (locally administered, one interface), then the low 40 bits, most significant byte
    /// first, of the 64-bit FNV-1a hash of the name in UTF-8. It is part of what a replay case
    /// relies on and never changes.
    public static func derivedMAC(name: String) -> MACAddress {
        MACAddress(rawValue: 0x0200_0000_0000 | (FNV1a.hash(name.utf8) & 0xff_ffff_ffff))
    }
}
