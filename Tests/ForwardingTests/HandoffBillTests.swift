// SPDX-License-Identifier: Apache-2.0

import DPDK
import EALSupport
import FreewayConfiguration
import TestSupport
import Testing

@testable import Dataplane
@testable import Forwarding

/// The memory that the plan asks for is for the rings that the forwarder makes.
@Suite(.usesEAL) struct HandoffBillTests {
    /// By devices: with one queue each, so that all but one worker hand theirs over on either side; with a
    /// queue for each worker; and with queues for some of them.
    @Test(
        arguments: [
            ["net_pcap", "net_pcap"], ["net_pcap", "net_pcap", "net_null", "net_null"],
            ["net_null", "net_null"], ["net_ring", "net_pcap"],
        ], 1...4)
    func givenAPlanItsBillIsForTheRingsThatAreMade(drivers: [String], workers: Int) throws {
        let configuration = try configuration(drivers, workers)
        let plan = try Plan(
            configuration: configuration, machine: Machine(allowedCPUs: Array(0...4)))
        let forwarder = try Forwarder(
            configuration, plan,
            Forwarder.Devices(
                attachments: configuration.ports.map {
                    $0.device.attachment(portName: $0.name)
                }),
            in: PacketEnvironment(pools: [0: TestEnvironment.pool], plan: plan, isShared: true))
        defer { forwarder.tearDown() }
        let rings = forwarder.group.rings
        #expect(plan.memory.mbufs.handoffRings == rings.count * Plan.Mbufs.ring)
        #expect(rings.allSatisfy { $0.capacity < Plan.Mbufs.ring })
    }

    @Test("the bill has room for all parts of datagrams that may wait")
    func parts() {
        #expect(Plan.Mbufs.parts == Reassembly.mostBuffers * FlowBucket.count)
    }

    private func configuration(_ drivers: [String], _ workers: Int) throws -> Configuration {
        let ports = try drivers.enumerated().map { index, driver in
            let name = "\(driver)_\(TestEnvironment.uniqueName("bill"))"
            let arguments = driver == "net_pcap" ? ",rx_pcap=\(Self.capture)" : ""
            return Configuration.Port(
                name: "p\(index)", device: try .init("vdev:\(name)\(arguments)"))
        }
        return Configuration(
            path: "bill.yaml", forward: .crossConnect, workers: .count(workers), ports: ports,
            crossConnects: stride(from: 0, to: ports.count, by: 2).map {
                .init(left: $0, right: $0 + 1)
            })
    }

    private static let capture = Repository.realCapture("zeek-5-pings.pcap")
}
