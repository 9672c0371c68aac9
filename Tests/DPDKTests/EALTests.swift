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

    @Test func theTimestampCounterAdvancesAtItsFrequency() {
        let before = TimestampCounter.now
        let began = ContinuousClock.now
        while ContinuousClock.now - began < .milliseconds(20) {}
        let ticks = Double(TimestampCounter.now - before)
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        #expect(ticks / seconds / Double(TimestampCounter.frequency) > 0.8)
        #expect(ticks / seconds / Double(TimestampCounter.frequency) < 1.2)
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
