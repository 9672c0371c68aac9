// SPDX-License-Identifier: Apache-2.0

public import CDPDK

/// The Toeplitz hash of receive-side scaling, in software. Wraps `rte_softrss_be`.
///
/// Immutable after `init`; any thread.
@frozen public struct Toeplitz: ~Copyable, @unchecked Sendable {
    /// The key of the Microsoft RSS specification, which NICs use by default.
    public static let standardKey: [UInt8] = [
        0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3, 0x8f,
        0xb0, 0xd0, 0xca, 0x2b, 0xcb, 0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30,
        0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa,
    ]

    /// A key that repeats every 16 bits, so that a NIC gives both directions of a flow one queue.
    public static let symmetricKey: [UInt8] = (0..<20).flatMap { _ in [0x6d, 0x5a] as [UInt8] }

    /// Longest input, in words: 36 bytes, for two IPv6 addresses and the ports.
    public static let longestInput = 9

    @usableFromInline let key: UnsafeMutablePointer<UInt32>

    /// - Parameter key: 40 bytes.
    public init(key bytes: [UInt8] = Toeplitz.standardKey) {
        precondition(bytes.count == 40, "an RSS key has 40 bytes")
        key = .allocate(capacity: 10)
        key.initialize(repeating: 0, count: 10)
        bytes.withUnsafeBytes { source in
            rte_convert_rss_key(
                source.baseAddress!.assumingMemoryBound(to: UInt32.self), key, 40)
        }
    }

    deinit { key.deallocate() }

    /// Hashes words in host order (each the big-endian reading of four bytes of the tuple).
    @inlinable @inline(__always)
    public borrowing func hash(_ words: UnsafeMutablePointer<UInt32>, count: Int) -> UInt32 {
        assert(count <= Toeplitz.longestInput)
        return rte_softrss_be(
            words, UInt32(truncatingIfNeeded: count),
            UnsafeRawPointer(key).assumingMemoryBound(to: UInt8.self))
    }
}
