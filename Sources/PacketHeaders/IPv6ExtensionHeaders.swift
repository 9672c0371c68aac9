// SPDX-License-Identifier: Apache-2.0

/// The extension headers of an IPv6 packet, walked to the upper layer (RFC 8200, 4).
///
/// Hop-by-hop options, routing, fragment, destination options and AH are stepped over; anything
/// else is the upper layer, ESP and unknown numbers too. At most `maximumCount` headers, each
/// checked against the payload before it is read.
@frozen public struct IPv6ExtensionHeaders: Hashable, Sendable {
    /// Why the walk ended.
    @frozen public enum End: UInt8, Sendable {
        /// At a header that is no extension header. It may have no bytes left to stand in.
        case upperLayer
        /// Behind the fragment header of a later fragment: what follows is payload, not headers.
        case laterFragment
        /// The packet ends before or inside the extension header that `finalProtocol` names.
        case truncated
        /// More than `maximumCount` headers.
        case tooManyHeaders
        /// Hop-by-hop options anywhere but first (RFC 8200, 4.1).
        case misplacedHopByHop
        /// An AH too short for its own fields (RFC 4302, 2.2).
        case malformedAuthentication
    }

    @inlinable public static var maximumCount: Int { 8 }

    public let end: End
    /// The upper layer's protocol, or that of the header where the walk had to stop. In a later
    /// fragment what the fragment header says, which RFC 8200 (4.5) does not let anyone rely on.
    public let finalProtocol: IPProtocol
    /// Where that header or payload begins, in bytes from the start of the IPv6 header; never
    /// beyond the end of the packet.
    public let offset: Int
    /// The number of extension headers stepped over.
    public let count: Int
    public let fragmentPosition: FragmentPosition
    /// Where the fragment header begins, in bytes from the start of the IPv6 header; 0 for none.
    public let fragmentHeaderOffset: Int

    @inlinable public init(_ header: IPv6Header) {
        let packet = header.bytes.prefix(IPv6Header.byteCount &+ header.payloadLength)
        var end = End.upperLayer
        var next = header.nextHeader
        var offset = IPv6Header.byteCount
        var count = 0
        var position = FragmentPosition.whole
        var fragmentHeaderOffset = 0
        while next.isExtensionHeader {
            if next == .hopByHop, count > 0 {
                end = .misplacedHopByHop
                break
            }
            guard count < Self.maximumCount else {
                end = .tooManyHeaders
                break
            }
            // Next header, length, and the two bytes that hold a fragment's offset: one load. The
            // shortest extension header has 8 bytes.
            guard let word = packet.uint32(at: offset) else {
                end = .truncated
                break
            }
            let units = Int(word >> 16 & 0xff)
            var length = (units &+ 1) &* 8
            if next == .fragment {
                length = 8
            } else if next == .authentication {
                length = (units &+ 2) &* 4
                guard length >= 12 else {
                    end = .malformedAuthentication
                    break
                }
            }
            guard length <= packet.count &- offset else {
                end = .truncated
                break
            }
            let isFragmentHeader = next == .fragment
            next = IPProtocol(rawValue: UInt8(truncatingIfNeeded: word >> 24))
            if isFragmentHeader {
                // A second fragment header never makes a fragment whole again.
                if !position.isFragment { position = Self.position(offsetAndFlags: word) }
                fragmentHeaderOffset = offset
            }
            offset &+= length
            count &+= 1
            if isFragmentHeader, word & 0xfff8 != 0 {
                position = .later
                end = .laterFragment
                break
            }
        }
        self.end = end
        finalProtocol = next
        self.offset = offset
        self.count = count
        fragmentPosition = position
        self.fragmentHeaderOffset = fragmentHeaderOffset
    }

    /// Reads the low half of a fragment header's first word: offset 13 bits, reserved 2, more 1.
    @inlinable @inline(__always)
    static func position(offsetAndFlags word: UInt32) -> FragmentPosition {
        if word & 0xfff8 != 0 { return .later }
        return word & 1 != 0 ? .first : .atomic
    }
}

extension IPProtocol {
    /// The extension headers that `IPv6ExtensionHeaders` steps over.
    @inlinable @inline(__always) var isExtensionHeader: Bool {
        switch rawValue {
        case 0, 43, 44, 51, 60: true
        default: false
        }
    }
}
