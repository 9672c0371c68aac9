// SPDX-License-Identifier: Apache-2.0

public import DPDK
import TestSupport

extension Burst {
    /// A burst of frames made of bytes, in buffers of the common pool.
    public static func of(_ frames: [[UInt8]]) throws -> Burst {
        var burst = Burst()
        try burst.add(frames)
        return burst
    }

    /// Adds frames made of bytes, in buffers of the common pool.
    public mutating func add(_ frames: [[UInt8]]) throws {
        let pool = try TestEnvironment.pool
        for frame in frames {
            guard frame.withUnsafeBytes({ append(frame: $0, from: pool) }) else {
                throw NoBuffer()
            }
        }
    }

    /// The bytes of all frames.
    public var frames: [[UInt8]] { (0..<count).map { self[$0].bytes } }

    /// What the tests' numbered frames end in.
    public var numbers: [UInt32] { frames.map(\.lastNumber) }
}

/// The pool has no buffer, or the burst no room.
public struct NoBuffer: Error {}

extension MbufReference {
    /// The bytes of the frame, over all segments.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: frameLength) { buffer, count in
            count = copyBytes(to: UnsafeMutableRawBufferPointer(buffer))
        }
    }
}

/// A frame of four bytes that carries a number.
public func numbered(_ number: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
}
