// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import DPDK
import Dataplane
import EALSupport
import Foundation
import FreewayConfiguration
import Logging
import ProcessSupport
import TestSupport
import Testing

@testable import Forwarding
@testable import Service

/// Nothing that the control plane does loses a frame.
///
/// The forwarder and the HTTP server are those of `freeway run`; only its ports are rings that a generator feeds
/// at a rate below capacity, which a device that is pulled from, such as net_null, cannot show. A million routes
/// take too long in a debug build on a CI's two cores: here are 100,000 of them, and a million in `make bench`.
@Suite(.usesEAL) struct InterferenceTests {
    private static let routes = 100_000
    /// The generator takes them from the pool, and the forwarder gives them back.
    private static let mbufs = 280_000
    private static let framesPerSecond = 10_000
    /// Thirteen seconds of frames: a worker that a machine full of other tests does not run for a while loses none.
    private static let ringSlots = 131_072

    @Test(
        "polling, bulk changes of routes and reloads lose no frame, and drop none for any reason",
        .timeLimit(.minutes(60)))
    func nothingIsLost() async throws {
        try await MachineTurn.shared.take { try await runAndCount() }
    }

    private func runAndCount() async throws {
        let configuration = try Self.configuration(1)
        let plan = try Plan(configuration: configuration, machine: Machine(allowedCPUs: [0]))
        let pool = try Mempool(
            name: TestEnvironment.uniqueName("interference"), mbufs: Self.mbufs,
            dataRoom: Mempool.headroom + 128, cache: 256, numaNode: nil, packing: .packed)
        defer { pool.free() }
        let rings = try ["wan", "lan"].map { _ in try RingPort(slots: Self.ringSlots) }
        defer { for port in rings { port.freeRings() } }
        var left = rings[...]
        var devices = Forwarder.Devices(
            attachments: configuration.ports.map {
                $0.device.attachment(portName: $0.name)
            })
        devices.attach = { _ in
            let ring = left.removeFirst()
            return (ring.device, ring.port)
        }
        let control = ControlLoop(.thread)
        control.start()
        let forwarder = try Forwarder(
            configuration, plan, devices, control: control,
            in: PacketEnvironment(pools: [0: pool], plan: plan, isShared: true))
        defer { forwarder.tearDown() }
        try forwarder.start(.floating)
        defer { forwarder.stopWorkers() }
        // As a daemon does, so that links are put in force between the reloads.
        control.every(.milliseconds(100), "look at links") { forwarder.lookAtLinks { _ in } }
        defer { control.endDuties() }

        var logger = Logger(label: "interference")
        logger.logLevel = .critical
        let source = ForwarderStatus(
            forwarder: forwarder,
            text: try ConfigurationText(
                path: "router.yaml", yaml: Array(Self.yaml(1).utf8), loadedAt: .now),
            version: "test",
            reloading: ForwarderStatus.Reloading(
                path: "router.yaml", logger: logger, notifier: SystemdNotifier(),
                setLog: { _ in }))
        let generator = PacedGenerator(
            framesPerSecond: Self.framesPerSecond, frames: Self.frames())
        generator.start(into: rings[0], from: rings[1], pool)
        var count: PacedGenerator.Count?
        var (answers, reloads) = (0, 0)
        do {
            try await withServer(source: source) { path in
                let clients = try PollingClients(50, path: path)
                reloads = try await disturb(.patient(path))
                answers = await clients.stop()
            }
            count = await generator.stop()
        } catch {
            _ = await generator.stop()
            throw error
        }

        let seen = try #require(count)
        let tallies = forwarder.group.readTallies()
        print(
            "interference: \(seen.sent) frames, \(answers) replies, \(reloads) reloads, "
                + "\(Self.routes) routes added, replaced and deleted")
        #expect(seen.sent > Self.framesPerSecond)
        #expect(answers > 100)
        #expect(reloads >= 2)
        #expect(seen.unmade == 0, "the pool is too small for the test")
        #expect(seen.refused == 0, "\(seen)")
        // The port's address was announced at the start.
        #expect(seen.arrived == seen.sent + 1, "\(seen) \(tallies.ledger)")
        #expect(tallies.ledger.dropped == [:])
        #expect(tallies.ledger.isBalanced)
        #expect(tallies.received.frames == UInt64(seen.sent))
    }

    /// Adds, replaces and deletes routes in requests of 10,000, while another configuration comes every second.
    /// - Returns: how many reloads there were.
    private func disturb(_ client: ControlClient) async throws -> Int {
        let requests = Self.requests()
        return try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                var number = 0
                while !Task.isCancelled {
                    // The cancellation would end the exchange, too.
                    let next = Data(Self.yaml(1 + (number + 1) % 2).utf8)
                    _ = try await Task { try await client.putConfiguration(next) }.value
                    number += 1
                    try? await Task.sleep(for: .seconds(1))
                }
                return number
            }
            var changed = (added: 0, replaced: 0, deleted: 0)
            for request in requests {
                let reply = try await client.changeRoutes(request)
                changed.added += reply.added
                changed.replaced += reply.replaced
                changed.deleted += reply.deleted
            }
            #expect(changed.added == Self.routes)
            #expect(changed.replaced == Self.routes)
            #expect(changed.deleted == Self.routes)
            group.cancelAll()
            return try await group.next() ?? 0
        }
    }

    /// Prefixes of 24, 25 and 32 bits, half of them in the way of the generator's frames, all to the same next
    /// hop. They split 26,000 /24 networks, of the 32,768 that a table has room for.
    private static func requests() -> [Data] {
        let prefixes = (0..<routes).map { number -> String in
            let (high, low) = (number >> 8, number & 255)
            switch number % 4 {
            case 0: return "10.\(high >> 8).\(high & 255).\(low)/32"
            case 1: return "10.\(low).\(high & 255).0/\(24 + (high >> 8))"
            case 2: return "20.\(low).\(high & 255).0/\(24 + (high >> 8))"
            default: return "30.\(low).\(high & 255).0/\(24 + (high >> 8))"
            }
        }
        let unique = Array(Set(prefixes)).sorted()
        precondition(unique.count == routes, "\(unique.count) prefixes")
        let changes =
            unique.map { "add \($0) via 198.51.100.2\n" }
            + unique.map { "replace \($0) via 198.51.100.3\n" } + unique.map { "delete \($0)\n" }
        return stride(from: 0, to: changes.count, by: 10_000).map {
            Data(changes[$0..<min($0 + 10_000, changes.count)].joined().utf8)
        }
    }

    /// To 1,024 addresses all over 10/8, which the configuration's one route holds.
    private static func frames() -> [[UInt8]] {
        // Seed 5.
        var random = SeededGenerator(seed: 5)
        return (0..<1024).map { _ in
            Frames.ipv4 {
                // A host of the network, not the router itself.
                $0.source = 0xc000_0207
                $0.destination = 0x0a00_0000 | UInt32.random(in: 0..<1 << 24, using: &random)
                $0.payload = [UInt8](repeating: 0, count: 26)
            }
        }
    }

    private static func configuration(_ number: Int) throws -> Configuration {
        try Configuration(yaml: Array(yaml(number).utf8), path: "router.yaml")
    }

    /// Two that differ in routes, a neighbour and a MTU, not in what the generator's frames need.
    private static func yaml(_ number: Int) -> String {
        """
        version: 1
        forward: route
        workers: 1
        memory: {pages: ordinary, routes: 110000}
        ports:
          wan: {device: "vdev:net_ring_a", mac: 02:00:00:00:00:01, addresses: [192.0.2.1/24]}
          lan: {device: "vdev:net_ring_b", mac: 02:00:00:00:00:03, mtu: \(1400 + number), addresses: [198.51.100.1/24]}
        routes: [{to: 10.0.0.0/8, via: 198.51.100.2}, {to: 172.\(16 + number).0.0/16, action: blackhole}]
        neighbours:
          - {port: lan, address: 198.51.100.2, mac: 02:00:00:00:02:02}
          - {port: lan, address: 198.51.100.3, mac: 02:00:00:00:02:0\(2 + number)}

        """
    }
}
