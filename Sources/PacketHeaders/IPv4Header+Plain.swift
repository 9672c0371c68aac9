// SPDX-License-Identifier: Apache-2.0

extension IPv4Header {
    /// What a router needs to know of a packet of the plain kind that nearly all are:
    /// version 4, no options, a total length within the packet, a right checksum, and unicast
    /// addresses that may be routed (RFC 1812, 5.2.2 and 5.3.7; RFC 3927, 7), the source none of those
    /// with a mark. Each byte of the header is loaded once.
    ///
    /// `nil` says only that the packet deserves a closer look.
    ///
    /// Precondition: 20 bytes are readable, and `packetLength` is 20 or more.
    @inlinable @inline(__always)
    public static func plain(
        _ header: UnsafeRawPointer, packetLength: Int, marks: AddressMarks
    ) -> Plain? {
        assert(packetLength >= minimumByteCount)
        // The bytes as they lie in memory: the first is the lowest.
        let first = UInt64(littleEndian: header.loadUnaligned(as: UInt64.self))
        let second = UInt64(
            littleEndian: header.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        let third = UInt32(
            littleEndian: header.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
        guard UInt8(truncatingIfNeeded: first) == 0x45 else { return nil }
        let totalLength = Int(UInt16(truncatingIfNeeded: first >> 16).byteSwapped)
        let length = UInt(bitPattern: totalLength &- 20)
        let room = UInt(bitPattern: packetLength &- 20)
        guard length <= room else { return nil }
        let sum = InternetChecksum.adding(InternetChecksum.adding(first, second), UInt64(third))
        guard InternetChecksum.isMultipleOf65535(sum) else { return nil }
        let kinds = kindsOfFirstBytes.utf8Start
        let source = UInt32(truncatingIfNeeded: second >> 32)
        let kind =
            kinds[Int(UInt8(truncatingIfNeeded: source))]
            | kinds[Int(UInt8(truncatingIfNeeded: third))] | marks[littleEndian: source]
        // The branch is for the rest of 169/8, so that nothing else pays for telling it apart.
        guard
            kind == UInt8(ascii: "0")
                || (kind == UInt8(ascii: "2")
                    && !isLinkLocal(littleEndian: source) && !isLinkLocal(littleEndian: third))
        else { return nil }
        return Plain(
            destination: IPv4Address(rawValue: third.byteSwapped), padding: room &- length)
    }

    /// What `plain` found.
    @frozen public struct Plain {
        public let destination: IPv4Address
        /// Bytes behind the total length.
        public let padding: UInt

        @inlinable @inline(__always)
        init(destination: IPv4Address, padding: UInt) {
            self.destination = destination
            self.padding = padding
        }
    }

    /// 169.254.0.0/16 (RFC 3927), of an address as it lies in a packet.
    @inlinable @inline(__always)
    static func isLinkLocal(littleEndian address: UInt32) -> Bool {
        UInt16(truncatingIfNeeded: address) == 254 << 8 | 169
    }

    /// A character for each first byte of an address: "0" for the ordinary ones, "1" for 0/8, 127/8 and
    /// 224/3, "2" for 169/8, of which a part is link-local. A static string is a table that lies in the
    /// program: one load for each address, and nothing to initialise.
    @inlinable @inline(__always)
    static var kindsOfFirstBytes: StaticString {
        """
        1000000000000000000000000000000000000000000000000000000000000000\
        0000000000000000000000000000000000000000000000000000000000000001\
        0000000000000000000000000000000000000000020000000000000000000000\
        0000000000000000000000000000000011111111111111111111111111111111
        """
    }
}
