// SPDX-License-Identifier: Apache-2.0

extension IPv4Header {
    /// The first of RFC 1812's tests (5.2.2) that the packet fails, the checksum apart.
    ///
    /// When it is `nil`, 20 ≤ `headerLength` ≤ `totalLength` ≤ `bytes.count`.
    @inlinable @inline(__always) public var defect: Defect? {
        // Nearly every packet is 0x45: version and header length in one compare.
        let first = bytes.field8(0)
        if first != 0x45 {
            if first >> 4 != 4 { return .version }
            if first < 0x45 { return .headerLength }
        }
        let length = totalLength
        if length < headerLength { return .headerLength }
        return length > bytes.count ? .truncated : nil
    }

    /// The header checksum is right (RFC 791, 3.1; RFC 1071). `false`, too, when the header
    /// length is below 20 bytes or above the bytes that there are.
    @inlinable @inline(__always) public var isChecksumValid: Bool {
        let length = headerLength
        if length == Self.minimumByteCount {
            return InternetChecksum.foldedSumOfTwentyBytes(bytes.base) == 0xffff
        }
        return isChecksumWithOptionsValid(length)
    }

    /// Out of line, so that the common case stays small where it is inlined.
    @inlinable @inline(never)
    func isChecksumWithOptionsValid(_ length: Int) -> Bool {
        guard length > Self.minimumByteCount, length <= bytes.count else { return false }
        return InternetChecksum.isValid(bytes.prefix(length))
    }

    /// The options, which may be none. Never goes beyond the header or the bytes.
    @inlinable @inline(__always) public var options: HeaderOptions {
        HeaderOptions(bytes.prefix(headerLength), from: Self.minimumByteCount)
    }

    /// The bytes behind the header up to the total length: the link's padding is cut off.
    ///
    /// As much as there is of a truncated packet; empty when the header length is below 20.
    @inlinable @inline(__always) public var payload: FrameBytes {
        let length = headerLength
        guard length >= Self.minimumByteCount else { return bytes.prefix(0) }
        return bytes.prefix(totalLength).dropFirst(length)
    }
}
