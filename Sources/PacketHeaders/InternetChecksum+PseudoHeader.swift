// SPDX-License-Identifier: Apache-2.0

extension InternetChecksum {
    /// The sum of the pseudo header that UDP and TCP put before themselves over IPv4 (RFC 768;
    /// RFC 9293, 3.1). `length`: upper-layer header and payload in bytes, 0 to 65535.
    @inlinable public init(
        pseudoHeaderFrom source: IPv4Address, to destination: IPv4Address,
        protocol: IPProtocol, length: Int
    ) {
        // The sum of four fields below 2^32 needs no carry.
        sum =
            UInt64(source.rawValue.bigEndian)
            &+ UInt64(destination.rawValue.bigEndian)
            &+ UInt64(UInt16(`protocol`.rawValue).bigEndian)
            &+ UInt64(UInt16(truncatingIfNeeded: length).bigEndian)
    }

    /// The sum of the pseudo header of the upper layer over IPv6 (RFC 8200, 8.1). `length`:
    /// upper-layer header and payload in bytes, without extension headers. With a routing header
    /// the destination is the final one.
    @inlinable public init(
        pseudoHeaderFrom source: IPv6Address, to destination: IPv6Address,
        protocol: IPProtocol, length: Int
    ) {
        let addresses = Self.adding(
            Self.adding(source.high.bigEndian, source.low.bigEndian),
            Self.adding(destination.high.bigEndian, destination.low.bigEndian))
        let rest =
            UInt64(UInt32(truncatingIfNeeded: length).bigEndian)
            &+ UInt64(UInt32(`protocol`.rawValue).bigEndian)
        sum = Self.adding(addresses, rest)
    }
}
