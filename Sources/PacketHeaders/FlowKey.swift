// SPDX-License-Identifier: Apache-2.0

/// What names a flow, the same for both directions: the two endpoints are sorted.
///
/// VLANs are not part of it, since a routed flow has other tags in the other direction: see
/// `FrameSummary.vlans`.
@frozen public struct FlowKey: Hashable, Sendable {
    @frozen public enum Kind: UInt8, Sendable {
        /// Two MAC addresses and an EtherType.
        case ethernet
        /// Two IPv4 addresses, a protocol, and perhaps ports.
        case ipv4
        /// Two IPv6 addresses, a protocol, and perhaps ports.
        case ipv6
    }

    /// The room, in 32-bit words, that `writeHashWords(to:)` needs.
    @inlinable public static var maximumHashWordCount: Int { 9 }

    public let kind: Kind
    /// The ports are part of the key.
    public let hasPorts: Bool
    /// The IP protocol; for `ethernet` the EtherType.
    @usableFromInline let type: UInt16
    /// The lesser endpoint.
    public let first: FlowEndpoint
    /// The greater endpoint.
    public let second: FlowEndpoint

    @inlinable @inline(__always)
    init(_ kind: Kind, type: UInt16, hasPorts: Bool, _ one: FlowEndpoint, _ other: FlowEndpoint) {
        self.kind = kind
        self.type = type
        self.hasPorts = hasPorts
        let inOrder = !(other < one)
        first = inOrder ? one : other
        second = inOrder ? other : one
    }

    /// `nil` for `ethernet`.
    @inlinable public var ipProtocol: IPProtocol? {
        kind == .ethernet ? nil : IPProtocol(rawValue: UInt8(truncatingIfNeeded: type))
    }

    /// What stands behind the VLAN tags.
    @inlinable public var etherType: EtherType {
        switch kind {
        case .ethernet: EtherType(rawValue: type)
        case .ipv4: .ipv4
        case .ipv6: .ipv6
        }
    }

    /// The number of 32-bit words that `writeHashWords(to:)` writes: 2, 3, 4, 8 or 9.
    @inlinable @inline(__always) public var hashWordCount: Int {
        switch kind {
        case .ethernet: 4
        case .ipv4: hasPorts ? 3 : 2
        case .ipv6: hasPorts ? 9 : 8
        }
    }

    /// Writes the input of the Toeplitz hash as RSS defines it, as words in host order: what
    /// `rte_softrss` takes. Both addresses, then both ports in one word; for `ethernet` two MAC
    /// addresses in three words, then the EtherType. Returns the number of words.
    ///
    /// Precondition: room for `maximumHashWordCount` words at `words`.
    @inlinable @inline(__always) @discardableResult
    public func writeHashWords(to words: UnsafeMutablePointer<UInt32>) -> Int {
        switch kind {
        case .ethernet:
            words[0] = UInt32(truncatingIfNeeded: first.addressLow >> 16)
            words[1] = UInt32(
                truncatingIfNeeded: first.addressLow << 16 | second.addressLow >> 32)
            words[2] = UInt32(truncatingIfNeeded: second.addressLow)
            words[3] = UInt32(type)
        case .ipv4:
            words[0] = UInt32(truncatingIfNeeded: first.addressLow)
            words[1] = UInt32(truncatingIfNeeded: second.addressLow)
        case .ipv6:
            writeAddress(first, to: words)
            writeAddress(second, to: words + 4)
        }
        let count = hashWordCount
        if hasPorts { words[count &- 1] = UInt32(first.port) << 16 | UInt32(second.port) }
        return count
    }

    @inlinable @inline(__always)
    func writeAddress(_ endpoint: FlowEndpoint, to words: UnsafeMutablePointer<UInt32>) {
        words[0] = UInt32(truncatingIfNeeded: endpoint.addressHigh >> 32)
        words[1] = UInt32(truncatingIfNeeded: endpoint.addressHigh)
        words[2] = UInt32(truncatingIfNeeded: endpoint.addressLow >> 32)
        words[3] = UInt32(truncatingIfNeeded: endpoint.addressLow)
    }

    @inlinable @inline(__always) public static func == (left: FlowKey, right: FlowKey) -> Bool {
        left.kind == right.kind && left.hasPorts == right.hasPorts && left.type == right.type
            && left.first == right.first && left.second == right.second
    }
}
