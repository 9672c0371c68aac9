// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import Foundation
import Testing

/// DPDK's environment starts once in a process, and leaves its threads as they were.
@Suite(.usesEAL) struct EALTests {
    @Test func givenAnEnvironmentThatRunsASecondStartIsRefused() {
        #expect(EAL.isRunning)
        let error = #expect(throws: DPDKError.self) {
            try EAL.start(EAL.Options(lcores: "0", pages: .ordinary, megabytes: 64))
        }
        #expect(error?.description == "start DPDK: Operation already in progress")
        #expect(EAL.isRunning)
    }

    @Test func theLibrariesAreThoseOfTheHeaders() {
        #expect(EAL.buildVersion.hasPrefix("DPDK 22.11."))
        #expect(EAL.runtimeVersion.hasPrefix("DPDK 22.11."))
    }

    /// DPDK's own figure, rounded to 10 MHz, is wrong by up to 0.5 % where the processor does not tell it.
    @Test func theTimestampCounterAdvancesAtItsFrequencyWithinAThousandth() {
        let before = Self.bothClocks()
        while ContinuousClock.now - before.time < .milliseconds(100) {}
        let after = Self.bothClocks()
        let frequency =
            Double(after.ticks - before.ticks) / ((after.time - before.time) / .seconds(1))
        #expect(abs(frequency / Double(TimestampCounter.frequency) - 1) < 0.001)
    }

    /// The pair that was read fastest: a thread may lose its CPU between the clocks.
    private static func bothClocks() -> (ticks: UInt64, time: ContinuousClock.Instant) {
        let readings = (0..<100).map { _ in
            let before = TimestampCounter.now
            let time = ContinuousClock.now
            return (ticks: before, time: time, width: TimestampCounter.now - before)
        }
        let best = readings.min { $0.width < $1.width }!
        return (best.ticks, best.time)
    }
}

/// CPUs that threads may use.
@Suite struct ThreadAffinityTests {
    @Test func givenAThreadThatDoesNotExistItCannotBeBound() {
        #expect(!ThreadAffinity.bind(thread: .max, to: [0]))
    }

    @Test(arguments: [[], [-1], [1024, 1_000_000]])
    func givenNoCPUThatExistsTheKernelRefuses(cpus: [Int]) async {
        let isBound = await onThread {
            ThreadAffinity.bind(thread: AllowedCPUs.currentThread, to: cpus)
        }
        #expect(!isBound)
    }

    @Test func givenACPUTheThreadRunsThereAlone() async {
        let (first, after) = await onThread { () -> (Int, String) in
            let first = AllowedCPUs.first
            ThreadAffinity.bind(thread: AllowedCPUs.currentThread, to: [first])
            return (first, AllowedCPUs.list)
        }
        #expect(after == String(first))
    }

    /// A thread of its own, so that no other test loses CPUs.
    private func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread { continuation.resume(returning: body()) }.start()
        }
    }
}
