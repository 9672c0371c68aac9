// SPDX-License-Identifier: Apache-2.0

import DPDK
import Dataplane
import EALSupport
import FreewayConfiguration
import PacketHeaders
import Synchronization
import TestSupport

@testable import Forwarding

/// A forwarder over a device that nothing comes in by, whose workers never run: its tables are what a test looks at.
struct StillForwarder {
    let forwarder: Forwarder

    /// - Parameters:
    ///   - routes: the configuration's, as YAML has them.
    ///   - queues: of the device.
    init(_ routes: String, capacity: Int = 10_000, workers: Int = 1, queues: Int = 1) throws {
        let configuration = try Self.configuration(
            routes, capacity: capacity, workers: workers, queues: queues)
        let plan = try Plan(configuration: configuration, machine: Machine(allowedCPUs: [0]))
        forwarder = try Forwarder(
            configuration, plan,
            Forwarder.Devices(
                attachments: configuration.ports.enumerated().map {
                    $1.device.attachment(
                        portName: $1.name)
                }),
            in: PacketEnvironment(
                pools: [0: try TestEnvironment.pool], plan: plan, isShared: true))
    }

    func tearDown() { forwarder.tearDown() }

    static func configuration(
        _ routes: String, capacity: Int = 10_000, workers: Int = 1, queues: Int = 1
    ) throws -> Configuration {
        let yaml = """
            version: 1
            forward: route
            workers: \(workers)
            memory: {pages: ordinary, routes: \(capacity)}
            ports:
              wan: {device: "vdev:net_null_still,no-rx=1", queues: \(queues), addresses: [192.0.2.1/24]}
            routes: [\(routes)]
            neighbours: [{port: wan, address: 192.0.2.9, mac: 02:00:00:00:01:09}]

            """
        return try Configuration(yaml: Array(yaml.utf8), path: "router.yaml")
    }

    func change(_ lines: some Sequence<String>) throws {
        var parser = RouteTextParser()
        let text = Array(lines.joined(separator: "\n").utf8)
        text.withUnsafeBytes { parser.take($0) }
        _ = try forwarder.change(parser.finish(), patience: .zero)
    }

    func reload(_ routes: String, capacity: Int = 10_000) throws {
        _ = try forwarder.reload(Self.configuration(routes, capacity: capacity))
    }

    /// What becomes of addresses, by both instances of the table: `via 192.0.2.9`, `blackhole`, `none`.
    /// - Returns: nil where the instances disagree.
    func ways(to addresses: some Sequence<UInt32>) -> [String?] {
        forwarder.updates.withLock { updates in
            let routing = updates.routing!
            return addresses.map { address in
                let numbers = Set(
                    [routing.pair.live, routing.pair.spare].compactMap { $0?.lookUp(address) })
                guard numbers.count == 1, let number = numbers.first else { return nil }
                guard number != 0 else { return "none" }
                switch routing.contents.registry[number] {
                case nil: return "entry \(number), which nobody gave"
                case .drop(let reason): return "\(reason)"
                case .connected, .link: return "connected"
                case .table(let vrf): return "VRF \(vrf)"
                case .ranked(let ranks): return "first of \(ranks.count)"
                case .host(let host): return "via \(host.address)"
                case .group(let members): return "one of \(members.count)"
                }
            }
        }
    }

    func way(to address: String) -> String? {
        ways(to: [PrefixKey.bits(of: IPAddress(address)!)])[0]
    }
}
