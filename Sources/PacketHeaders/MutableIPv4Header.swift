// SPDX-License-Identifier: Apache-2.0

/// An IPv4 header that the caller may write. Each change keeps a right header checksum right, and
/// a wrong one wrong, without reading the rest of the header (RFC 1624, equation 3).
@frozen public struct MutableIPv4Header {
    public let bytes: MutableFrameBytes

    /// Returns `nil` when there are fewer than 20 bytes. This is the only length check.
    @inlinable @inline(__always) public init?(_ bytes: MutableFrameBytes) {
        guard bytes.count >= IPv4Header.minimumByteCount else { return nil }
        self.bytes = bytes
    }

    /// The header at an address where 20 bytes were validated before.
    ///
    /// Precondition: 20 bytes can be read and written there.
    @inlinable @inline(__always) public init(validated base: UnsafeMutableRawPointer) {
        bytes = MutableFrameBytes(base, count: IPv4Header.minimumByteCount)
    }

    @inlinable @inline(__always) public var totalLength: Int { Int(bytes.readOnly.field16(2)) }

    /// Whether the packet is a part that ends behind the last byte which a datagram can have (RFC 791, 3.1).
    public var endsBeyondAll: Bool {
        let payload = totalLength &- Int(bytes.readOnly.field8(0) & 0xf) &* 4
        return Int(bytes.readOnly.field16(6) & 0x1fff) &* 8 &+ payload > Int(UInt16.max)
    }

    @inlinable @inline(__always)
    public var dontFragment: Bool { bytes.readOnly.field8(6) & 0x40 != 0 }

    @inlinable @inline(__always) public var timeToLive: UInt8 { bytes.readOnly.field8(8) }

    /// As it stands in the header. Setting it changes nothing else.
    @inlinable @inline(__always) public var checksum: UInt16 {
        get { bytes.readOnly.field16(10) }
        nonmutating set { bytes.setField(10, newValue) }
    }

    /// Takes one from the time to live (RFC 1812, 5.3.1).
    /// - Returns: `false`, with nothing changed, when it is 0.
    @inlinable @inline(__always) @discardableResult public func decrementTimeToLive() -> Bool {
        let word = lifeWord
        guard UInt8(truncatingIfNeeded: word) > 0 else { return false }
        // ~m + m' is 0xffff − 0x0100 always, so the checksum grows by 0x0100: by one, when read
        // in the order of memory, which ones' complement sums allow (RFC 1071, 2 (B)). The carry
        // goes around; a sum of 0xffff is 0, as a full computation would have it.
        let carry: UInt32 = word >= 0xfffe_0000 ? 0x1_0000 : 0
        setLifeWord(word &+ 0xffff &+ carry)
        return true
    }

    /// The same for nearly every packet: at least 1 is left, and the checksum does not carry.
    /// - Returns: `false`, with nothing changed, for one that `decrementTimeToLive()` must do.
    @inlinable @inline(__always) public func decrementPlainTimeToLive() -> Bool {
        let word = lifeWord
        guard word & 0xfe != 0 else { return false }
        guard word < 0xfffe_0000 else { return false }
        setLifeWord(word &+ 0xffff)
        return true
    }

    /// Time to live, protocol and checksum in one word, as they lie in memory.
    @inlinable @inline(__always) var lifeWord: UInt32 {
        UInt32(littleEndian: bytes.base.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
    }

    @inlinable @inline(__always) func setLifeWord(_ word: UInt32) {
        bytes.base.storeBytes(of: word.littleEndian, toByteOffset: 8, as: UInt32.self)
    }

    @inlinable @inline(__always) public var typeOfService: UInt8 {
        get { bytes.readOnly.field8(1) }
        nonmutating set {
            let old = bytes.readOnly.field16(0)
            let new = old & 0xff00 | UInt16(newValue)
            bytes.setField(0, new)
            checksum = InternetChecksum.updating(checksum, from: old, to: new)
        }
    }

    /// Setting it does not touch the checksum of TCP or UDP, which covers the address too.
    @inlinable @inline(__always) public var source: IPv4Address {
        get { bytes.readOnly.ipv4Address(12) }
        nonmutating set { replaceAddress(at: 12, newValue) }
    }

    /// Setting it does not touch the checksum of TCP or UDP, which covers the address too.
    @inlinable @inline(__always) public var destination: IPv4Address {
        get { bytes.readOnly.ipv4Address(16) }
        nonmutating set { replaceAddress(at: 16, newValue) }
    }

    @inlinable @inline(__always) func replaceAddress(at offset: Int, _ address: IPv4Address) {
        let old = bytes.readOnly.field32(offset)
        bytes.setField(offset, address.rawValue)
        checksum = InternetChecksum.updating(checksum, from: old, to: address.rawValue)
    }

    /// Computes the checksum anew over the header with its options, cut to the bytes that there
    /// are: for packets that the forwarder makes itself.
    @inlinable public func writeChecksum() {
        checksum = 0
        let claimed = Int(bytes.readOnly.field8(0) & 0x0f) * 4
        let length = max(claimed, IPv4Header.minimumByteCount)
        checksum = InternetChecksum.of(bytes.readOnly.prefix(length))
    }
}
