// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Software receive-side scaling: finds the worker that owns a frame's flow.
///
/// Both directions of a flow have one owner, because the hash is over the sorted endpoints; fragments
/// go by their addresses alone, tunnels by their outer header. A flow belongs to one of 128 buckets,
/// and each bucket to a worker.
struct FlowSteering: ~Copyable, @unchecked Sendable {
    static let bucketCount = 128

    private let toeplitz = Toeplitz()
    private let owners: UnsafeMutablePointer<UInt8>
    private let words: UnsafeMutablePointer<UInt32>

    /// - Parameter workers: the buckets are dealt to them in turn.
    init(workers: Int) {
        owners = .allocate(capacity: Self.bucketCount)
        for bucket in 0..<Self.bucketCount {
            (owners + bucket).initialize(to: UInt8(bucket % workers))
        }
        words = .allocate(capacity: Toeplitz.longestInput)
        words.initialize(repeating: 0, count: Toeplitz.longestInput)
    }

    deinit {
        owners.deallocate()
        words.deallocate()
    }

    /// The worker that owns the frame's flow.
    borrowing func owner(of mbuf: MbufReference) -> Int {
        let bytes = FrameBytes(mbuf.data, count: mbuf.dataLength)
        let key = FrameSummary(bytes).flow
        let hash = toeplitz.hash(words, count: key.writeHashWords(to: words))
        return Int(owners[Int(hash) & (Self.bucketCount - 1)])
    }
}
