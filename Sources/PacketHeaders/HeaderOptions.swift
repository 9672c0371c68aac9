// SPDX-License-Identifier: Apache-2.0

/// The options of an IPv4 header (RFC 791, 3.1) or of a TCP header (RFC 9293, 3.1), which have
/// one shape: a kind, a length that counts both, data; kind 0 ends the list, kind 1 is padding.
///
/// Each step takes at least one byte, so the walk ends whatever the lengths say, and it ends at
/// the first option that does not fit. Padding and the end of the list are not returned.
@frozen public struct HeaderOptions: Sequence, IteratorProtocol {
    /// The header with its options and nothing behind them.
    @usableFromInline let header: FrameBytes

    @usableFromInline var position: Int
    @usableFromInline var metBadLength = false

    /// Where the next option would begin, in bytes from the start of the header.
    @inlinable @inline(__always) public var offset: Int { position }

    /// The walk met an option whose length is below 2 or leads out of the header. `offset` stays
    /// at that option.
    @inlinable @inline(__always) public var isMalformed: Bool { metBadLength }

    @inlinable @inline(__always) init(_ header: FrameBytes, from offset: Int) {
        self.header = header
        position = offset
    }

    // Offsets stay within 60 bytes, so arithmetic without traps is safe.
    @inlinable public mutating func next() -> HeaderOption? {
        while !metBadLength, let kind = header.uint8(at: position) {
            if kind == 0 { return nil }
            if kind == 1 {
                position &+= 1
                continue
            }
            guard let length = header.uint8(at: position &+ 1), length >= 2,
                Int(length) <= header.count &- position
            else {
                metBadLength = true
                return nil
            }
            let start = position
            position &+= Int(length)
            return HeaderOption(
                kind: kind, offset: start, data: header.prefix(position).dropFirst(start &+ 2))
        }
        return nil
    }
}
