// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import Foundation
import Synchronization

/// Feeds a port at a steady rate from a thread of its own, counts what did not fit, and takes what another port
/// sends. What a stalled machine kept it from sending it sends as soon as it runs again: the rate is kept over
/// time, and the ring has the room.
final class PacedGenerator: Sendable {
    struct Count: Sendable {
        var sent = 0
        /// Frames that the port's ring had no room for.
        var refused = 0
        /// Frames that there was no buffer for: the fault of the test, not of the forwarder.
        var unmade = 0
        /// What came out of the other port.
        var arrived = 0
    }

    private let isOver = Atomic(false)
    private let result = Mutex<Count?>(nil)
    private let frames: [[UInt8]]
    private let framesPerSecond: Int

    init(framesPerSecond: Int, frames: [[UInt8]]) {
        self.framesPerSecond = framesPerSecond
        self.frames = frames
    }

    /// - Parameters:
    ///   - source: the port that gets the frames.
    ///   - sink: the port that sends them on.
    func start(into source: RingPort, from sink: RingPort, _ pool: Mempool) {
        let ports = (UInt16(source.port.index), source.received, sink.sent)
        Thread.detachNewThread { [self] in
            let count = run(ports.0, ports.1, ports.2, pool)
            result.withLock { $0 = count }
        }
    }

    /// Stops feeding, waits until all that was fed has come out or nothing comes for some seconds, and counts.
    func stop() async -> Count {
        isOver.store(true, ordering: .releasing)
        while true {
            if let count = result.withLock({ $0 }) { return count }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    private func run(_ port: UInt16, _ ring: Ring, _ sent: Ring, _ pool: Mempool) -> Count {
        var count = Count()
        var number = 0
        var burst = Burst()
        var taken = Burst()
        let clock = ContinuousClock()
        let began = clock.now
        while !isOver.load(ordering: .acquiring) {
            let due = Int((clock.now - began) / .seconds(1) * Double(framesPerSecond))
            while number < due {
                let some = min(due - number, Burst.capacity)
                for _ in 0..<some {
                    let frame = frames[number % frames.count]
                    number += 1
                    if !frame.withUnsafeBytes({ burst.append(frame: $0, from: pool) }) {
                        count.unmade += 1
                        continue
                    }
                    // net_ring leaves the port of an mbuf as it is.
                    burst[burst.count - 1].port = port
                }
                count.sent += burst.enqueue(on: ring)
                count.refused += burst.count
                burst.removeAll()
                count.arrived += Self.drain(sent, &taken)
            }
            count.arrived += Self.drain(sent, &taken)
            usleep(500)
        }
        var silentSince = clock.now
        while count.arrived < count.sent, clock.now - silentSince < .seconds(10) {
            let arrived = Self.drain(sent, &taken)
            count.arrived += arrived
            if arrived > 0 { silentSince = clock.now }
            usleep(500)
        }
        return count
    }

    /// Takes all that is there; gives how many.
    private static func drain(_ ring: Ring, _ burst: inout Burst) -> Int {
        var count = 0
        while burst.dequeue(from: ring) > 0 {
            count += burst.count
            burst.removeAll()
        }
        return count
    }
}
