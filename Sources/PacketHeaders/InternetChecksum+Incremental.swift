// SPDX-License-Identifier: Apache-2.0

extension InternetChecksum {
    /// The checksum after one word under it has changed (RFC 1624, equation 3): all host order.
    ///
    /// Not for a UDP checksum of 0 over IPv4, which means that there is none. A result of 0 for
    /// UDP is sent as 0xffff.
    @inlinable @inline(__always)
    public static func updating(_ checksum: UInt16, from old: UInt16, to new: UInt16) -> UInt16 {
        // Equation 3, HC' = ~(~HC + ~m + m'), and not RFC 1141's, which can give 0xffff for 0.
        ~folded(UInt32(~checksum) &+ UInt32(~old) &+ UInt32(new))
    }

    /// The checksum after 32 bits under it, at an even offset, have changed: an IPv4 address, or
    /// both ports. As for 16 bits.
    @inlinable @inline(__always)
    public static func updating(_ checksum: UInt16, from old: UInt32, to new: UInt32) -> UInt16 {
        ~folded(UInt64(~checksum) &+ UInt64(~old) &+ UInt64(new))
    }
}
