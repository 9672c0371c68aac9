// SPDX-License-Identifier: Apache-2.0

extension IPv6Header {
    /// What a router needs to know of a packet of the plain kind that nearly all are: version 6, a payload length within
    /// the packet, no hop-by-hop options, and unicast addresses that are ordinary (RFC 8200, 3; RFC 4291, 2.5).
    ///
    /// `nil` says only that the packet deserves a closer look.
    ///
    /// Precondition: 40 bytes are readable, and `packetLength` is 40 or more.
    @inlinable @inline(__always) public static func plain(
        _ header: UnsafeRawPointer, packetLength: Int, _ ordinary: OrdinaryIPv6Addresses
    ) -> Plain? {
        assert(packetLength >= byteCount)
        // The bytes as they lie in memory: the first is the lowest.
        let first = UInt64(littleEndian: header.loadUnaligned(as: UInt64.self))
        // Version, and next header: 0 is that of hop-by-hop options.
        guard first & 0xf0 == 0x60, first & 0x00ff_0000_0000_0000 != 0 else { return nil }
        let payloadLength = UInt(
            UInt16(truncatingIfNeeded: UInt32(truncatingIfNeeded: first &>> 32)).byteSwapped)
        let room = UInt(bitPattern: packetLength &- byteCount)
        guard payloadLength <= room else { return nil }
        let source = UInt64(
            littleEndian: header.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        let sourceEnd = UInt64(
            littleEndian: header.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
        let destination = UInt64(
            littleEndian: header.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
        guard
            ordinary.contain(
                sourceStart: source, sourceEnd: sourceEnd, destinationStart: destination)
        else { return nil }
        let end = UInt64(
            bigEndian: header.loadUnaligned(fromByteOffset: 32, as: UInt64.self))
        return Plain(
            destination: IPv6Address(high: destination.byteSwapped, low: end),
            padding: room &- payloadLength)
    }

    /// What `plain` found.
    @frozen public struct Plain {
        public let destination: IPv6Address
        /// Bytes behind the payload length.
        public let padding: UInt

        @inlinable @inline(__always) init(destination: IPv6Address, padding: UInt) {
            self.destination = destination
            self.padding = padding
        }
    }
}
