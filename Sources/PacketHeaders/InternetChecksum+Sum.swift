// SPDX-License-Identifier: Apache-2.0

extension InternetChecksum {
    /// Ones' complement addition of 64 bits: the carry comes back in at the low end.
    @inlinable @inline(__always) static func adding(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (sum, carry) = left.addingReportingOverflow(right)
        return sum &+ (carry ? 1 : 0)
    }

    /// 64 bits folded to 16 with the carries added back in; 0 only for 0.
    ///
    /// The upper half of a number plus itself with exchanged halves is the sum of its halves
    /// together with the carry out of them.
    @inlinable @inline(__always) static func folded(_ sum: UInt64) -> UInt16 {
        let word = UInt32(truncatingIfNeeded: (sum &+ (sum &<< 32 | sum &>> 32)) &>> 32)
        return folded(word)
    }

    /// 32 bits folded to 16 with the carry added back in; 0 only for 0.
    @inlinable @inline(__always) static func folded(_ sum: UInt32) -> UInt16 {
        UInt16(truncatingIfNeeded: (sum &+ (sum &<< 16 | sum &>> 16)) &>> 16)
    }

    /// The folded sum, in memory order, of 20 bytes that the caller has checked: three loads.
    @inlinable @inline(__always)
    static func foldedSumOfTwentyBytes(_ base: UnsafeRawPointer) -> UInt16 {
        let first = base.loadUnaligned(as: UInt64.self)
        let second = base.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        let third = base.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
        return folded(adding(adding(first, second), UInt64(third)))
    }

    /// Whether a sum with its carries added back in folds to 0xffff (or, for nothing at all, to 0).
    ///
    /// 2^16 is 1 modulo 65,535, so folding keeps the remainder, and a multiple is told by one
    /// multiplication with the inverse modulo 2^64 (Granlund and Montgomery 1994, section 9).
    @inlinable @inline(__always) static func isMultipleOf65535(_ sum: UInt64) -> Bool {
        sum &* 0xfffe_fffe_fffe_ffff <= 0x0001_0001_0001_0001
    }

    /// The sum of the bytes in memory order, not folded; an odd last byte counts as if a zero
    /// byte followed (RFC 1071, 1).
    @inlinable static func sum(of bytes: FrameBytes) -> UInt64 {
        let base = bytes.base
        let count = bytes.count
        var offset = 0
        // Two sums, so that one does not wait for the other's carry.
        var even: UInt64 = 0
        var odd: UInt64 = 0
        while count &- offset >= 16 {
            even = adding(even, base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            odd = adding(odd, base.loadUnaligned(fromByteOffset: offset &+ 8, as: UInt64.self))
            offset &+= 16
        }
        var sum = adding(even, odd)
        if (count &- offset) & 8 != 0 {
            sum = adding(sum, base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset &+= 8
        }
        if (count &- offset) & 4 != 0 {
            let word = base.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
            sum = adding(sum, UInt64(word))
            offset &+= 4
        }
        if (count &- offset) & 2 != 0 {
            let word = base.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
            sum = adding(sum, UInt64(word))
            offset &+= 2
        }
        if (count &- offset) & 1 != 0 {
            let byte = base.load(fromByteOffset: offset, as: UInt8.self)
            // The byte and a zero behind it, as a word in memory would be loaded.
            sum = adding(sum, UInt64(UInt16(byte).littleEndian))
        }
        return sum
    }
}
