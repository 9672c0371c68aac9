// SPDX-License-Identifier: Apache-2.0

extension IPv6Header {
    /// The destination that checksums of the upper layer are computed over (RFC 8200, 8.1): that of the
    /// header, or the last address of a routing header of type 0 or 2 that has segments left.
    ///
    /// `nil` when a routing header with segments left is cut, or of a type that has another shape.
    public var finalDestination: IPv6Address? {
        let packet = bytes.prefix(Self.byteCount &+ payloadLength)
        var next = nextHeader
        var offset = Self.byteCount
        for _ in 0..<IPv6ExtensionHeaders.maximumCount {
            guard next.isExtensionHeader, let word = packet.uint32(at: offset) else { break }
            let units = Int(word >> 16 & 0xff)
            let length =
                next == .fragment
                ? 8 : next == .authentication ? (units &+ 2) &* 4 : (units &+ 1) &* 8
            if next == .routing, word & 0xff != 0 {
                let type = word >> 8 & 0xff
                guard type == 0 || type == 2, length >= 24,
                    let high = packet.uint64(at: offset &+ length &- 16),
                    let low = packet.uint64(at: offset &+ length &- 8)
                else { return nil }
                return IPv6Address(high: high, low: low)
            }
            next = IPProtocol(rawValue: UInt8(truncatingIfNeeded: word >> 24))
            offset &+= length
        }
        return destination
    }
}
