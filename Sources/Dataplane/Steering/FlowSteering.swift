// SPDX-License-Identifier: Apache-2.0

import DPDK
import PacketHeaders

/// Software receive-side scaling: finds the worker that owns a frame's flow. Each flow belongs to one of 128 buckets
/// (`FlowBucket`, or `HardwareBucket` beside ports whose card finds the owner), and each bucket to a worker.
struct FlowSteering: ~Copyable, @unchecked Sendable {
    private let owners: UnsafeMutablePointer<UInt8>
    private let hardware: HardwareBucket?

    /// - Parameters:
    ///   - workers: the buckets are dealt to them in turn, as the places of a card's redirection table are.
    ///   - asHardware: whether a flow is to have the owner that a card gives it.
    init(workers: Int, asHardware: Bool = false) {
        hardware = asHardware ? HardwareBucket(keyWord: Port.Configuration.symmetricHashWord) : nil
        owners = linesOf((0..<FlowBucket.count).map { UInt8($0 % workers) })
    }

    deinit { owners.deallocate() }

    /// The worker that owns a bucket.
    @inline(__always) borrowing func owner(ofBucket bucket: UInt32) -> Int {
        Int(owners[Int(bucket) & (FlowBucket.count - 1)])
    }

    /// The worker that owns the frame's flow.
    @inline(__always) borrowing func owner(of mbuf: MbufReference) -> Int {
        hardware == nil
            ? Int(owners[FlowBucket.of(mbuf.data, length: mbuf.dataLength)]) : ownerByHardware(mbuf)
    }

    @inline(never) private borrowing func ownerByHardware(_ mbuf: MbufReference) -> Int {
        let frame = FrameBytes(mbuf.data, count: mbuf.dataLength)
        switch hardware {
        case .some(let hardware): return Int(owners[hardware.of(FrameSummary(frame).flow)])
        case nil: return 0
        }
    }
}
