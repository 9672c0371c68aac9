// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import TestSupport
import Testing

@testable import Dataplane

/// A forwarder that frames can be fed to while it runs: each port is a ring that the test holds the
/// other end of.
final class LiveBench {
    let source: TestPort
    let sinks: [TestPort]
    let group: GroupBench
    private(set) var received: [[UInt32]]
    private var burst = Burst()

    /// - Parameter snapshot: made of the source's index and the sinks'.
    init(
        workers: Int, sinks count: Int = 1, ringSlots: Int = 1024,
        snapshot: (UInt16, [UInt16]) throws -> Snapshot = { crossing([($0, $1[0])]) },
        mode: ForwardMode = .crossConnect
    ) throws {
        source = try TestPort.loop()
        sinks = try (0..<count).map { _ in try TestPort.loop() }
        received = Array(repeating: [], count: count)
        func description(_ port: TestPort, rxWorkers: [Int]) -> WorkerGroup.PortDescription {
            WorkerGroup.PortDescription(
                port: port.index, rxWorkers: rxWorkers,
                txWorkers: [0], txQueueOfWorker: [Int](repeating: 0, count: workers),
                isSteered: workers > 1)
        }
        var whole = WorkerGroup.Description(
            mode: mode, lcores: TestEnvironment.lcores(workers),
            ports: [description(source, rxWorkers: [0])]
                + sinks.map { description($0, rxWorkers: []) })
        whole.ringSlots = ringSlots
        group = try GroupBench(whole, try snapshot(source.index, sinks.map(\.index)))
    }

    var tallies: TallySet { group.tallies }

    /// Feeds frames, as many as there is room for; gives how many.
    func feed(_ frames: [[UInt8]]) throws -> Int {
        var burst = try Burst.of(frames)
        // net_ring leaves the port of an mbuf as it is.
        for index in 0..<burst.count { burst[index].port = source.index }
        return burst.transmit(port: source.index, queue: 0)
    }

    /// Feeds numbered frames of 50 flows until all are in, and takes out what comes.
    func feedAll(_ count: Int, meanwhile: (Int) throws -> Void = { _ in }) async throws {
        var fed = 0
        while fed < count {
            if fed - arrived < 400 {
                let next = (fed..<min(count, fed + 40)).map(Self.frame)
                fed += try feed(next)
                try meanwhile(fed)
            }
            drain()
            await Task.yield()
        }
    }

    /// Takes out what the sinks hold.
    func drain() {
        for index in sinks.indices { drain(index) }
    }

    /// Takes out what one of the sinks holds.
    func drain(_ index: Int) {
        while burst.receive(port: sinks[index].index, queue: 0) > 0 {
            received[index] += burst.numbers
            burst.removeAll()
        }
    }

    var arrived: Int { received.reduce(0) { $0 + $1.count } }

    static func frame(_ number: Int) -> [UInt8] {
        Frames.udp(
            from: (0xc000_0201, UInt16(1000 + number % 50)), to: (0xc633_6407, 53),
            number: UInt32(number))
    }

    func close() {
        group.stop()
        drain()
        source.close()
        for sink in sinks { sink.close() }
    }
}
