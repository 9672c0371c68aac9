// SPDX-License-Identifier: Apache-2.0

import CDPDK
import EALSupport
import Testing

@testable import DPDK
@testable import Dataplane

/// No two workers write one line: a processor would take it from one core to the other for each word. By addresses;
/// lines of 128 bytes, since processors fetch those of 64 in pairs.
@Suite(.usesEAL) struct WrittenLinesTests {
    /// By number of the line: who writes it, and what is there.
    private struct Lines {
        private var writers: [UInt: (who: String, what: String)] = [:]
        private(set) var shared: [String] = []
        var count: Int { writers.count }

        mutating func add(
            _ who: String, _ what: String, _ base: UnsafeRawPointer?, _ byteCount: Int
        ) {
            guard let base, byteCount > 0 else { return }
            let first = UInt(bitPattern: base) / 128
            let last = (UInt(bitPattern: base) + UInt(byteCount) - 1) / 128
            for line in first...last {
                if let other = writers[line], other.who != who {
                    shared.append("\(what) of \(who), \(other.what) of \(other.who)")
                }
                writers[line] = (who, what)
            }
        }
    }

    @Test func givenAddressesOnOneLineTheTestWouldTell() {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 256, alignment: 128)
        defer { memory.deallocate() }
        var lines = Lines()
        lines.add("worker 0", "a", memory, 64)
        lines.add("worker 0", "b", memory + 64, 8)
        lines.add("worker 1", "c", memory + 128, 8)
        #expect(lines.shared.isEmpty)
        lines.add("worker 1", "d", memory + 120, 8)
        #expect(lines.shared == ["d of worker 1, b of worker 0"])
    }

    @Test(arguments: [2, 8]) func givenWorkersEachWritesLinesOfItsOwn(workers: Int) throws {
        let ports = try (0..<2).map { _ in try TestPort.void(txQueues: 2) }
        defer { for port in ports { port.close() } }
        var description = WorkerGroup.Description(
            mode: .route, lcores: TestEnvironment.lcores(workers),
            ports: ports.map { port in
                WorkerGroup.PortDescription(
                    port: port.index, rxWorkers: [0], txWorkers: [0, 1],
                    txQueueOfWorker: (0..<workers).map { $0 % 2 }, isSteered: true)
            })
        description.hasSecondHops = true
        let bench = try GroupBench(description, crossing([(ports[0].index, ports[1].index)]))
        var lines = Lines()
        for worker in bench.group.workers { add(worker, of: bench.group, to: &lines) }
        let pool = try Mempool(
            name: TestEnvironment.uniqueName("lines"), mbufs: 4_095, dataRoom: 256, cache: 256,
            numaNode: nil, packing: .packed)
        defer { pool.free() }
        for (index, lcore) in TestEnvironment.lcores(workers).enumerated() {
            lines.add(
                "worker \(index)", "a pool's cache",
                cdpdk_layout_mempool_cache(pool.raw, lcore.index),
                cdpdk_layout_mempool_cache_bytes(pool.raw, lcore.index))
        }
        let progress = ReplayProgress(workers: workers)
        defer { progress.free() }
        for worker in 0..<workers {
            lines.add("worker \(worker)", "progress", progress.word(of: worker), 8)
        }
        #expect(lines.shared.isEmpty)
        #expect(lines.count > workers * 1_000)
    }

    private func add(_ worker: Worker, of group: WorkerGroup, to lines: inout Lines) {
        let name = "worker \(worker.index)"
        func own(_ what: String, _ base: UnsafeRawPointer?, _ byteCount: Int) {
            lines.add(name, what, base, byteCount)
        }
        func own(_ what: String, _ words: SingleWriterWords, _ count: Int) {
            own(what, words.words, count * 8)
        }
        let state = worker.state
        own("state", state, MemoryLayout<WorkerState>.size)
        let bursts = [
            state.pointee.burst.slots, state.pointee.dropped.slots,
        ]
        for slots in bursts { own("a burst", slots, Burst.capacity * 8) }
        for port in 0..<Port.limit {
            own("transmit buffer", state.pointee.transmitBuffers + port, MemoryLayout<Burst>.size)
            own("its burst", state.pointee.transmitBuffers[port].slots, Burst.capacity * 8)
        }
        for other in 0..<state.pointee.handoff.workerCount {
            let buffer = state.pointee.handoff.buffers + other
            own("hand-off buffer", buffer, MemoryLayout<Burst>.size)
            own("its burst", buffer.pointee.slots, Burst.capacity * 8)
        }
        let metadata = state.pointee.metadata
        own("destinations", metadata.destinations, Burst.capacity * 4)
        own("next hops", metadata.nextHops, Burst.capacity * 8)
        own("ports", metadata.outPorts, Burst.capacity * 2)
        own("header lengths", metadata.headerLengths, Burst.capacity)
        let interfaces = worker.interfaces.range
        own(
            "interfaces", UnsafeRawPointer(bitPattern: interfaces.lowerBound), interfaces.count)
        own("tallies", state.pointee.tallies.words - 16, (Tallies.Slot.count() + 16) * 8)
        own("tally board", worker.board.words, (Tallies.Slot.count() + 16) * 8)
        own("rounds", worker.rounds.words, 3)
        own("cycles", worker.cycles.words, 2 * RoundPart.allCases.count)
        own("gaps", worker.gaps.words, GapRecorder.Slot.count * 8)
        if let samples = worker.samples {
            let reasons = DropReason.allCases.count
            own("samples", samples.slots, reasons * 16 * DropSampler.Slot.words * 8)
            own("their rings", samples.rings, reasons * MemoryLayout<DropSampler.Ring>.stride)
            own("sampler", samples.sampler, MemoryLayout<DropSampler>.size)
        }
        lines.add("control", "command", worker.control.words, 16)
        own("control words", worker.control.words + 16, 32)
        let quiescence = group.publication.reader(index: worker.index).quiescence
        own(
            "quiescence",
            cdpdk_layout_qsbr_counter(quiescence.raw, QuiescentState.line(worker.index)), 16)
        let handoff = state.pointee.handoff
        for other in 0..<handoff.workerCount {
            if let ring = handoff.outgoing[other] {
                own("a ring's end", cdpdk_layout_ring_producer(ring.raw), 16)
            }
            if let ring = handoff.secondHops?[other] {
                own("a ring's end", cdpdk_layout_ring_producer(ring.raw), 16)
            }
        }
        for index in 0..<handoff.incomingCount {
            own("a ring's other end", cdpdk_layout_ring_consumer(handoff.incoming[index].raw), 16)
        }
        for index in 0..<handoff.transmitIncomingCount {
            own(
                "a ring's other end",
                cdpdk_layout_ring_consumer(handoff.transmitIncoming[index].ring.raw), 16)
        }
        for port in 0..<Port.limit {
            if let ring = state.pointee.transmitPaths[port].ring {
                own("a ring's end", cdpdk_layout_ring_producer(ring.raw), 16)
            }
        }
    }
}
