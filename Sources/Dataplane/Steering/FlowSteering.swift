// SPDX-License-Identifier: Apache-2.0

import DPDK

/// Software receive-side scaling: finds the worker that owns a frame's flow. Each flow belongs to one of 128 buckets
/// (`FlowBucket`), and each bucket to a worker.
struct FlowSteering: ~Copyable, @unchecked Sendable {
    private let owners: UnsafeMutablePointer<UInt8>

    /// - Parameter workers: the buckets are dealt to them in turn.
    init(workers: Int) {
        owners = linesOf((0..<FlowBucket.count).map { UInt8($0 % workers) })
    }

    deinit { owners.deallocate() }

    /// The worker that owns a bucket.
    @inline(__always) borrowing func owner(ofBucket bucket: UInt32) -> Int {
        Int(owners[Int(bucket) & (FlowBucket.count - 1)])
    }

    /// The worker that owns the frame's flow.
    @inline(__always) borrowing func owner(of mbuf: MbufReference) -> Int {
        Int(owners[FlowBucket.of(mbuf.data, length: mbuf.dataLength)])
    }
}
