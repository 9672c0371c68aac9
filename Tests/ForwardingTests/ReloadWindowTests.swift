// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import Foundation
import FreewayConfiguration
import PacketHeaders
import Synchronization
import TestSupport
import Testing

@testable import Dataplane
@testable import Forwarding

/// What a reload does to devices, and what comes in by them meanwhile.
///
/// The worker does its rounds on the test's thread, and counts as one that reads tables: a reload waits for it
/// in between, where the test can look.
@Suite(.usesEAL) struct ReloadWindowTests {
    private static let formerMAC: UInt64 = 0x02_00_00_00_0a_01
    private static let newMAC: UInt64 = 0x02_00_00_00_0a_02

    @Test(
        "while a port's address changes, frames for either address come in; then for the new one alone",
        .timeLimit(.minutes(30)))
    func addresses() async throws {
        let bench = try Bench(Self.yaml(mac: Self.formerMAC))
        defer { bench.close() }
        #expect(try bench.drops(of: [Self.formerMAC]) == [:])
        #expect(try bench.drops(of: [Self.newMAC]) == [.notForUs: 1])

        let snapshot = bench.snapshot
        let reload = bench.reload(Self.yaml(mac: Self.newMAC))
        await wait(for: "new tables") { bench.snapshot != snapshot }
        #expect(try bench.drops(of: [Self.formerMAC, Self.newMAC]) == [.notForUs: 1])
        #expect(bench.forwarder.ports[0].port.isPromiscuous)

        await wait(for: "the end of the reload") {
            bench.report()
            return reload.isOver.load(ordering: .acquiring)
        }
        #expect(reload.error.withLock { $0 } == nil)
        #expect(try bench.drops(of: [Self.newMAC]) == [.notForUs: 1])
        #expect(try bench.drops(of: [Self.formerMAC]) == [.notForUs: 2])
        #expect(bench.forwarder.group.publication.reclaim() == 0)
    }

    /// Buffers of 2,048 bytes hold packets of 2,022 with Ethernet header, two tags and FCS.
    @Test("an MTU beyond what the buffers hold is refused by name, and the ports stay as they were")
    func buffers() throws {
        let bench = try Bench(Self.yaml(mtu: 1500))
        defer { bench.close() }
        bench.leave()
        _ = try bench.forwarder.reload(Self.configuration(Self.yaml(mtu: 2022)))
        #expect(bench.forwarder.ports.map(\.planned.mtu) == [2022, 1500])
        let error = #expect(throws: ReloadError.self) {
            _ = try bench.forwarder.reload(Self.configuration(Self.yaml(mtu: 2023)))
        }
        #expect(
            error?.errors?.diagnostics.map(\.message) == [
                "found 2023, but the buffers hold packets of up to 2022 bytes; a reload cannot change "
                    + "this: restart Freeway"
            ])
        #expect(error?.errors?.diagnostics.map(\.field) == ["ports.wan.mtu"])
        #expect(bench.forwarder.ports.map(\.planned.mtu) == [2022, 1500])
    }

    @Test("a device that can lets every group's frames in, from the start")
    func groups() throws {
        let bench = try Bench(Self.yaml())
        defer { bench.close() }
        #expect(bench.forwarder.ports.map(\.port.takesAllMulticast) == [true, true])
    }

    private static func yaml(mac: UInt64 = formerMAC, mtu: Int = 1500) -> String {
        """
        version: 1
        forward: route
        memory: {routes: 100}
        ports:
          wan: {device: vdev:net_ring0, mac: "\(MACAddress(rawValue: mac))", mtu: \(mtu), addresses: [192.0.2.254/24]}
          lan: {device: vdev:net_ring1, mac: "02:00:00:00:0b:01", addresses: [198.51.100.1/24]}
        neighbours: [{port: lan, address: 198.51.100.7, mac: "02:00:00:00:0b:07"}]
        """
    }

    fileprivate static func configuration(_ yaml: String) throws -> Configuration {
        try Configuration(yaml: yaml, path: "window.yaml")
    }
}

/// A router between two rings, whose one worker the test drives.
private final class Bench: @unchecked Sendable {
    let forwarder: Forwarder
    private let rings: [RingPort]
    private let reader: Publication.Reader
    private let worker: Worker
    private var isReader = true

    init(_ yaml: String) throws {
        let configuration = try ReloadWindowTests.configuration(yaml)
        let plan = try Plan(configuration: configuration, machine: Machine(allowedCPUs: [0]))
        rings = try (0..<2).map { _ in try RingPort(slots: 64) }
        var left = rings[...]
        var devices = Forwarder.Devices(
            attachments: configuration.ports.map {
                $0.device.attachment(portName: $0.name)
            })
        devices.attach = { _ in
            let ring = left.removeFirst()
            return (ring.device, ring.port)
        }
        forwarder = try Forwarder(
            configuration, plan, devices,
            in: PacketEnvironment(pools: [0: TestEnvironment.pool], plan: plan, isShared: true))
        for port in forwarder.ports { try port.start() }
        worker = forwarder.group.workers[0]
        reader = forwarder.group.publication.reader(index: 0)
        reader.quiescence.enter(reader: 0)
    }

    var snapshot: UnsafePointer<Snapshot> { reader.snapshot }

    /// What a worker says between two rounds.
    func report() { reader.quiescence.report(reader: 0) }

    /// The worker reads no tables from now on: nobody waits for it.
    func leave() {
        guard isReader else { return }
        isReader = false
        reader.quiescence.leave(reader: 0)
    }

    /// All frames that were dropped up to now, once the worker has worked off one for each address.
    func drops(of addresses: [UInt64]) throws -> [DropReason: UInt64] {
        var burst = try Burst.of(addresses.map { Frames.ipv4(to: $0) })
        try #require(burst.enqueue(on: rings[0].received) == addresses.count)
        while worker.takeRound() > 0 {}
        let tallies = worker.readTallies()
        return Dictionary(
            uniqueKeysWithValues: DropReason.allCases.map { ($0, tallies.dropped($0).frames) }
                .filter { $0.1 > 0 })
    }

    /// A reload on a thread of its own.
    final class Reload: Sendable {
        let isOver = Atomic(false)
        let error = Mutex<ReloadError?>(nil)
    }

    func reload(_ yaml: String) -> Reload {
        let reload = Reload()
        Thread.detachNewThread { [forwarder] in
            do throws(ReloadError) {
                _ = try forwarder.reload(try! ReloadWindowTests.configuration(yaml))
            } catch {
                reload.error.withLock { $0 = error }
            }
            reload.isOver.store(true, ordering: .releasing)
        }
        return reload
    }

    func close() {
        leave()
        forwarder.tearDown()
        for ring in rings { ring.freeRings() }
    }
}
