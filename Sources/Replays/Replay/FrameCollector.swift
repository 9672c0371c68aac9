// SPDX-License-Identifier: Apache-2.0

import Captures
import DPDK
import Dataplane
import Forwarding
import Glibc
import Synchronization

/// Takes the frames that a replay sends, from all workers, and writes them to captures with the
/// time of their exit, in the order in which the replay took them in. A thread of its own; it never loses a
/// frame, and after an error it goes on freeing frames so that the workers can finish.
final class FrameCollector: @unchecked Sendable {
    /// A port's rings and its capture.
    struct Outlet {
        let rings: OrderedRings
        let writer: CaptureWriter
    }

    private let outlets: [Outlet]
    private let progress: ReplayProgress?
    private let isFinishing = Atomic(false)
    private let failure = Mutex<CaptureError?>(nil)
    private var frames: UInt64 = 0
    /// By outlet.
    private var written: [UInt32]
    private var thread: pthread_t?
    /// Frames of several segments are put together here.
    private let whole = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 8)

    /// By a frame's place in the order of the replay: its number among the frames of its outlet, from
    /// 1, or that of its first part; 0 for what came to none. Read once the thread has ended.
    private(set) var exitNumbers: [UInt32] = []
    private let numberedFrames: UInt64

    /// - Parameters:
    ///   - progress: of the workers that send.
    ///   - numberedFrames: frames whose place is below this get exit numbers; their array grows as they
    ///     come.
    init(
        _ outlets: [Outlet], _ progress: ReplayProgress?, numberingBelow numberedFrames: UInt64 = 0
    ) {
        self.outlets = outlets
        self.progress = progress
        self.numberedFrames = numberedFrames
        written = [UInt32](repeating: 0, count: outlets.count)
    }

    deinit { whole.deallocate() }

    /// Starts the thread.
    func start() throws(ForwarderError) {
        var thread = pthread_t()
        let context = Unmanaged.passUnretained(self).toOpaque()
        let status = pthread_create(
            &thread, nil,
            { context in
                Unmanaged<FrameCollector>.fromOpaque(context!).takeUnretainedValue().collect()
                return nil
            }, context)
        guard status == 0 else {
            throw ForwarderError(
                .memoryOrDevice,
                "start the thread that writes captures: \(String(cString: strerror(status))); free "
                    + "memory, or raise the limits of the process (ulimit -v, ulimit -u)")
        }
        self.thread = thread
    }

    /// Empties the rings and frees them. The workers must have returned.
    /// - Returns: the frames that were written.
    func finish() throws(CaptureError) -> UInt64 {
        isFinishing.store(true, ordering: .releasing)
        if let thread { pthread_join(thread, nil) }
        for outlet in outlets { outlet.rings.free() }
        if let error = failure.withLock({ $0 }) { throw error }
        for outlet in outlets { try outlet.writer.flush() }
        return frames
    }

    /// Puts the captures in their places. Without it none of them is left.
    func publish() throws(CaptureError) {
        for outlet in outlets { try outlet.writer.publish() }
    }

    /// Why frames are not written any more, once that is so.
    var error: CaptureError? { failure.withLock { $0 } }

    private func collect() {
        while true {
            let isLast = isFinishing.load(ordering: .acquiring)
            var hasFound = false
            for (position, outlet) in outlets.enumerated() {
                while outlet.rings.giveNext(
                    isLast ? nil : progress, to: { write($0, $1, to: outlet.writer, position) })
                    > 0
                { hasFound = true }
            }
            if !hasFound {
                if isLast { return }
                lookAgainSoon()
            }
        }
    }

    private func write(
        _ burst: borrowing Burst, _ count: Int, to writer: CaptureWriter, _ outlet: Int
    ) {
        guard failure.withLock({ $0 == nil }) else { return }
        for index in 0..<count {
            let mbuf = burst[index]
            do throws(CaptureError) {
                if mbuf.segmentCount == 1 {
                    let bytes = UnsafeRawBufferPointer(start: mbuf.data, count: mbuf.dataLength)
                    try writer.write(bytes, time: mbuf.replayTime)
                } else {
                    let length = mbuf.copyBytes(to: whole)
                    try writer.write(
                        UnsafeRawBufferPointer(rebasing: whole[..<length]), time: mbuf.replayTime)
                }
                frames += 1
                if numberedFrames > 0 { number(mbuf, outlet) }
            } catch {
                failure.withLock { $0 = error }
                break
            }
        }
    }

    private func number(_ mbuf: MbufReference, _ outlet: Int) {
        written[outlet] += 1
        let place = mbuf.replaySequence
        guard place < numberedFrames else { return }
        let missing = Int(place) + 1 - exitNumbers.count
        if missing > 0 { exitNumbers.append(contentsOf: repeatElement(0, count: missing)) }
        // That of the first part of a packet that left in several.
        if exitNumbers[Int(place)] == 0 { exitNumbers[Int(place)] = written[outlet] }
    }
}
