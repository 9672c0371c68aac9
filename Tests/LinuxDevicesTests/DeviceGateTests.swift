// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

@testable import LinuxDevices

/// What a worker has entered is not taken away under its hands.
struct DeviceGateTests {
    @Test func givenAWorkerThatIsInsideReplacingWaitsUntilItHasLeft() {
        let gate = UnsafeMutablePointer<DeviceGate>.allocate(capacity: 1)
        gate.initialize(to: DeviceGate())
        let thing = UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 8)
        gate.pointee.replace(by: thing)
        #expect(gate.pointee.enter() == thing)
        let shared = Shared(gate: gate)
        let isReplaced = DispatchSemaphore(value: 0)
        Thread {
            shared.gate.pointee.replace(by: nil)
            shared.isReplaced.store(true, ordering: .releasing)
            isReplaced.signal()
        }.start()
        // What comes after the worker left cannot be there before.
        for _ in 0..<1_000 {
            let isTooEarly = shared.isReplaced.load(ordering: .acquiring)
            #expect(!isTooEarly)
        }
        gate.pointee.leave()
        isReplaced.wait()
        #expect(gate.pointee.enter() == nil)
        thing.deallocate()
        gate.deallocate()
    }

    private final class Shared: @unchecked Sendable {
        let gate: UnsafeMutablePointer<DeviceGate>
        let isReplaced = Atomic(false)
        init(gate: UnsafeMutablePointer<DeviceGate>) { self.gate = gate }
    }
}
