// SPDX-License-Identifier: Apache-2.0

extension IPv4Header {
    /// What a router needs to know of a packet of the plain kind that nearly all are:
    /// version 4, no options, a total length within the packet, a right checksum, and unicast
    /// addresses that are ordinary (RFC 1812, 5.2.2 and 5.3.7; RFC 3927, 7). Each byte of the header is
    /// loaded once.
    ///
    /// `nil` says only that the packet deserves a closer look.
    ///
    /// Precondition: 20 bytes are readable, and `packetLength` is 20 or more.
    @inlinable @inline(__always) public static func plain(
        _ header: UnsafeRawPointer, packetLength: Int, _ ordinary: OrdinaryAddresses
    ) -> Plain? {
        assert(packetLength >= minimumByteCount)
        // The bytes as they lie in memory: the first is the lowest.
        let first = UInt64(littleEndian: header.loadUnaligned(as: UInt64.self))
        let second = UInt64(
            littleEndian: header.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        let third = UInt32(
            littleEndian: header.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
        guard UInt8(truncatingIfNeeded: first) == 0x45 else { return nil }
        // Bytes 2 and 3, by the way that takes the fewest instructions.
        let totalLength = Int(
            UInt16(truncatingIfNeeded: UInt32(truncatingIfNeeded: first).byteSwapped))
        let length = UInt(bitPattern: totalLength &- 20)
        let room = UInt(bitPattern: packetLength &- 20)
        guard length <= room else { return nil }
        let sum = InternetChecksum.adding(InternetChecksum.adding(first, second), UInt64(third))
        guard InternetChecksum.isMultipleOf65535(sum) else { return nil }
        let source = UInt32(truncatingIfNeeded: second >> 32)
        guard ordinary.contain(source: source, destination: third) else { return nil }
        return Plain(
            destination: IPv4Address(rawValue: third.byteSwapped), padding: room &- length)
    }

    /// What `plain` found.
    @frozen public struct Plain {
        public let destination: IPv4Address
        /// Bytes behind the total length.
        public let padding: UInt

        @inlinable @inline(__always) init(destination: IPv4Address, padding: UInt) {
            self.destination = destination
            self.padding = padding
        }
    }
}
