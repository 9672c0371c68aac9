// SPDX-License-Identifier: Apache-2.0

/// Which part of its datagram an IP packet is.
@frozen public enum FragmentPosition: UInt8, Sendable {
    /// The datagram was not fragmented.
    case whole
    /// An IPv6 packet with a fragment header that is nevertheless the whole datagram: offset 0
    /// and no more fragments (RFC 6946).
    case atomic
    /// Offset 0, and more follow. It holds the headers of the upper layer, as far as they fit.
    case first
    /// Offset above 0. It holds payload alone.
    case later

    /// The packet is a part of its datagram: `first` or `later`. An atomic fragment is not.
    @inlinable @inline(__always) public var isFragment: Bool { self == .first || self == .later }
}
