// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration
import Testing

@testable import freeway

/// What `freeway check` prints.
@Suite struct PlanTextTests {
    private let machine = Machine(
        allowedCPUs: Array(0...7), hugepages: [.init(kibibytes: 2_048, free: 1_024)])

    private func wire(_ names: [String], workers: Int) throws -> Plan {
        let ports = try names.enumerated().map { index, name in
            Configuration.Port(name: name, device: try .init("pcap:\(index)"))
        }
        return try Plan(
            configuration: Configuration(
                path: "f.yaml", forward: .crossConnect, workers: .count(workers), ports: ports,
                crossConnects: [.init(left: 0, right: 1)]),
            machine: machine)
    }

    @Test func text() throws {
        let plan = try wire(["p0", "p1"], workers: 2)
        #expect(
            PlanText(plan: plan).rendered(.plain) == """
                f.yaml: cross-connect, 2 ports, 2 workers

                lcore  role      CPU
                0      control   0
                1      worker 0  1
                2      worker 1  2

                --lcores 0@0,1@1,2@2

                port  device  MAC            MTU  rx                               tx
                p0    pcap:0  the device's  1500  1 queue, worker 0, software RSS  1 queue, worker 0, hand-off
                p1    pcap:1  the device's  1500  1 queue, worker 1, software RSS  1 queue, worker 1, hand-off

                memory
                mbufs      25.9 MiB  1 pool of 10880 mbufs of 2496 bytes: rx 512 + tx 512 + bursts 256 + tx buffers 256 + caches 1152 + hand-off 4096 + long frames 4096
                other      32.0 MiB  EAL, rings, queues
                needed       58 MiB
                asked for    58 MiB  huge pages: 1024 huge pages of 2 MiB are free, enough for the 58 MiB needed
                clients    48.0 MiB  at most, beside it: 256 connections, replies that wait, uploads

                """)
    }

    @Test("folded to 80 columns nothing is lost", arguments: [40, 80, 100])
    func folded(width: Int) throws {
        let long = String(repeating: "a-long-name", count: 2)
        let plan = try wire([long + "-left", long + "-right"], workers: 7)
        let text = PlanText(plan: plan).rendered(TextStyle(width: width))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= width }, "\(text)")
        let words = { (text: String) in Set(text.split(whereSeparator: \.isWhitespace)) }
        if width == 80 {
            #expect(
                words(PlanText(plan: plan).rendered(.plain)).isSubset(of: words(text)), "\(text)")
        }
    }
}
