// SPDX-License-Identifier: Apache-2.0

import Foundation
import FreewayConfiguration
import PacketHeaders
import Testing

@Suite struct PlanTests {
    private let small = Machine(allowedCPUs: [0])
    private let pair = Machine(allowedCPUs: [0, 1])
    private let large = Machine(
        allowedCPUs: Array(0...7), hugepages: [.init(kibibytes: 2_048, free: 1_024)])

    private func wire(
        _ device: String = "vdev:net_nullN", workers: Configuration.WorkerSelection = .automatic,
        queues: Int? = nil
    ) throws -> Configuration {
        let ports = try (0..<2).map { index in
            Configuration.Port(
                name: "p\(index)",
                device: try .init(device.replacing("N", with: "\(index)")), queues: queues)
        }
        return Configuration(
            path: "f.yaml", forward: .crossConnect, workers: workers, ports: ports,
            crossConnects: [.init(left: 0, right: 1)])
    }

    @Test func oneCPU() throws {
        let plan = try Plan(configuration: try wire(), machine: small)
        #expect(plan.control.cpus == [0])
        #expect(plan.workers.map(\.cpus) == [[0]])
        #expect(plan.workers.map(\.lcore) == [1])
        #expect(plan.isFloating)
        #expect(plan.lcores == "0@0,1@0")
        #expect(
            plan.warnings.map(\.description) == [
                "f.yaml: workers: 1 worker, but 0 CPUs beside the control plane's: workers float"
                    + " over CPU 0 and forward more slowly than with a CPU each"
            ])
    }

    @Test func twoCPUs() throws {
        let plan = try Plan(configuration: try wire(), machine: pair)
        #expect(plan.workers.map(\.cpus) == [[1]])
        #expect(!plan.isFloating)
        #expect(plan.lcores == "0@0,1@1")
        #expect(plan.warnings.isEmpty)
    }

    @Test func eightCPUs() throws {
        let plan = try Plan(configuration: try wire(), machine: large)
        #expect(plan.workers.map(\.cpus) == (1...7).map { [$0] })
        #expect(plan.lcores == "0@0,1@1,2@2,3@3,4@4,5@5,6@6,7@7")
        #expect(plan.ports.map(\.rxQueues) == [7, 7])
        #expect(plan.ports[0].rxWorkers == Array(0...6))
        #expect(!plan.ports[0].usesSoftwareRSS)
        #expect(!plan.ports[0].usesTxHandoff)
    }

    @Test func moreWorkersThanCPUs() throws {
        let plan = try Plan(configuration: try wire(workers: .count(4)), machine: pair)
        #expect(plan.isFloating)
        #expect(plan.lcores == "0@0,(1-4)@(0-1)")
        #expect(plan.workers.map(\.cpus) == Array(repeating: [0, 1], count: 4))
        #expect(plan.warnings.count == 1)
    }

    @Test func aCountThatFits() throws {
        let plan = try Plan(configuration: try wire(workers: .count(3)), machine: large)
        #expect(plan.lcores == "0@0,1@1,2@2,3@3")
    }

    @Test func namedCPUs() throws {
        let plan = try Plan(configuration: try wire(workers: .cpus([6, 2])), machine: large)
        #expect(plan.lcores == "0@0,1@6,2@2")
        let shared = try Plan(configuration: try wire(workers: .cpus([1, 0])), machine: pair)
        #expect(
            shared.warnings.map(\.description) == [
                "f.yaml: workers[1]: worker 1 shares CPU 0 with the control plane, which keeps the"
                    + " first CPU that is allowed to the process"
            ])
    }

    @Test func namedCPUsThatAreNotThere() throws {
        let configuration = try wire(workers: .cpus([1, 5, 9]))
        let thrown = #expect(throws: ConfigurationErrors.self) {
            try Plan(configuration: configuration, machine: pair)
        }
        #expect(
            thrown?.diagnostics.map(\.description) == [
                "f.yaml: workers[1]: CPU 5 is not allowed to this process; allowed are 0-1",
                "f.yaml: workers[2]: CPU 9 is not allowed to this process; allowed are 0-1",
            ])
        let assumed = try Plan(
            configuration: configuration, machine: pair.assuming(configuration))
        #expect(assumed.lcores == "0@0,1@1,2@5,3@9")
    }

    @Test func aPlanThatJudgesTheFileAlone() throws {
        let configuration = try wire(workers: .count(4))
        let plan = try Plan(configuration: configuration, machine: small.assuming(configuration))
        #expect(plan.lcores == "0@0,1@1,2@2,3@3,4@4")
        #expect(plan.warnings.isEmpty)
    }

    @Test func aDeviceWithOneQueue() throws {
        let plan = try Plan(
            configuration: try wire("pcap:N.pcap", workers: .count(3)), machine: large)
        let port = plan.ports[1]
        #expect(port.rxQueues == 1)
        #expect(port.txQueues == 1)
        // The first port is worker 0's.
        #expect(plan.ports[0].rxWorkers == [0] && plan.ports[0].txWorkers == [0])
        #expect(port.rxWorkers == [1])
        #expect(port.txWorkers == [1])
        #expect(port.txQueueOfWorker == [0, 0, 0])
        #expect(port.usesSoftwareRSS)
        #expect(port.usesTxHandoff)
        #expect(port.rxDescriptors == 256)
        // Workers 0 and 1 to the two others on receive, the two others to 0 and to 1 on transmit.
        #expect(plan.memory.mbufs.handoffRings == 8 * 1_024)
        #expect(plan.memory.mbufs.longFrames == 2 * 64 * 32)
    }

    @Test func queuesOfACard() throws {
        let configuration = try wire("pci:0000:3b:00.N", workers: .count(4), queues: 2)
        let port = try Plan(configuration: configuration, machine: large).ports[0]
        #expect(port.rxQueues == 2)
        #expect(port.txQueues == 4)
        #expect(port.rxWorkers == [0, 1])
        #expect(port.usesSoftwareRSS)
        #expect(!port.usesTxHandoff)
    }

    @Test func portsOfFewQueuesHaveDifferentWorkers() throws {
        let plan = try Plan(
            configuration: try wire("vdev:net_tapN", workers: .count(3), queues: 2), machine: large)
        #expect(plan.ports.map(\.rxWorkers) == [[0, 1], [2, 0]])
        #expect(plan.ports.map(\.txWorkers) == [[0, 1], [2, 0]])
        // A queue's owner sends on it, and each worker on one queue.
        #expect(plan.ports.map(\.txQueueOfWorker) == [[0, 1, 0], [1, 0, 0]])
    }

    @Test func moreQueuesThanWorkers() throws {
        let configuration = try wire("vdev:net_tapN", workers: .count(2), queues: 3)
        let port = try Plan(configuration: configuration, machine: large).ports[0]
        #expect(port.rxWorkers == [0, 1, 0])
        #expect(port.txQueues == 3)
        #expect(port.txQueueOfWorker == [0, 1])
        #expect(port.txWorkers == [0, 1], "the third queue is nobody's")
        #expect(port.usesSoftwareRSS, "a TAP interface does not spread flows as RSS does")
    }

    @Test func oneWorkerHandsNothingOver() throws {
        let plan = try Plan(configuration: try wire("tap:tN"), machine: pair)
        #expect(!plan.ports[0].usesSoftwareRSS)
        #expect(plan.memory.mbufs.handoffRings == 0)
    }

    /// What the way in may let in beyond the way out's MTU: by its own MTU, or because it keeps to none.
    @Test(arguments: [
        ("pci:0000:3b:00.N", 1500, 1500, nil as Int?), ("pci:0000:3b:00.N", 9000, 1500, 1500),
        ("pci:0000:3b:00.N", 1500, 9000, nil), ("interface:ethN", 1500, 1500, 1500),
        ("tap:tN", 1500, 9000, 9000), ("vdev:net_tapN", 1500, 1500, 1500),
        ("pcap:N.pcap", 1500, 1500, nil), ("pcap:N.pcap", 9000, 1500, 1500),
        ("vdev:net_nullN", 1500, 1500, nil), ("vdev:net_nullN", 1500, 1499, 1499),
    ])
    func mtuOfACrossing(device: String, from: Int, to: Int, expected: Int?) throws {
        var configuration = try wire(device)
        configuration.ports[0].mtu = from
        configuration.ports[1].mtu = to
        let run = try Plan(configuration: configuration, machine: large).ports
        #expect(run[0].mtuOfCrossing(to: run[1]) == expected)
        // In a replay every port is a capture, which may hold frames longer than any MTU.
        let replay = try Plan(replaying: configuration, machine: pair).ports
        #expect(replay[0].mtuOfCrossing(to: replay[1]) == (to < from ? to : nil))
    }

    @Test func macAddresses() throws {
        var configuration = try wire()
        configuration.ports[0].mac = MACAddress("02:00:00:00:00:07")
        let run = try Plan(configuration: configuration, machine: pair)
        #expect(run.ports.map(\.macSource) == [.configuration, .device])
        #expect(run.ports[1].mac == nil)
        let replay = try Plan(replaying: configuration, machine: pair)
        #expect(replay.ports.map(\.macSource) == [.configuration, .name])
        #expect(replay.ports[0].mac == MACAddress("02:00:00:00:00:07"))
        #expect(replay.ports[1].mac == Configuration.Port.derivedMAC(name: "p1"))
    }

    /// The empty hash and that of "a" are the published vectors of FNV-1a; the low 40 bits count.
    @Test(arguments: [
        ("", "02:e4:84:22:23:25"), ("a", "02:4c:86:01:ec:8c"), ("wan", "02:19:48:7c:d8:e1"),
        ("lan", "02:19:1d:c1:d7:50"),
    ]) func derivedMAC(name: String, mac: String) {
        #expect(Configuration.Port.derivedMAC(name: name) == MACAddress(mac))
    }

    @Test func theBillOfAWire() throws {
        let memory = try Plan(configuration: try wire(), machine: pair).memory
        #expect(memory.mbufs.objectBytes == 2_496)
        #expect(memory.mbufs.count == 512 + 512 + 128 + 128 + 768)
        #expect(memory.fib == nil)
        #expect(memory.poolBytes == 2_048 * 2_496)
        #expect(memory.neededMegabytes == 38)
        #expect(memory.megabytes == 38)
        #expect(memory.pages == .ordinary)
        #expect(memory.reason == "there is no free huge page for the 38 MiB needed")
    }

    /// 2^24 entries and 256 for each group, of two bytes; entries name 32,768 groups at most.
    @Test(arguments: [(1, 33_685_506), (10_000, 38_674_434), (1_000_000, 50_331_650)])
    func theForwardingTable(routes: Int, bytes: Int) throws {
        var configuration = try wire()
        configuration.forward = .route
        configuration.memory.routes = routes
        let fib = try #require(try Plan(configuration: configuration, machine: pair).memory.fib)
        #expect(fib.capacity == routes)
        #expect(fib.instanceBytes == bytes)
        #expect(fib.bytes == 2 * fib.instanceBytes)
    }

    @Test func theTableIsWhereMostWorkersAre() throws {
        let machine = Machine(
            allowedCPUs: Array(0...7),
            numaNodes: [.init(index: 0, cpus: [0, 1, 2, 3]), .init(index: 1, cpus: [4, 5, 6, 7])])
        for (cpus, node) in [([1, 2, 4], 0), ([1, 4, 5], 1), ([1, 4], 0), ([7], 1)] {
            let plan = try Plan(
                configuration: try wire(workers: .cpus(cpus)), machine: machine)
            #expect(plan.memory.tableNode == node, "workers on \(cpus)")
        }
    }

    @Test func largeFramesNeedLargeMbufs() throws {
        var configuration = try wire()
        configuration.ports[1].mtu = 9_000
        let mbufs = try Plan(configuration: configuration, machine: pair).memory.mbufs
        #expect(mbufs.dataBytes == 9_088)
        #expect(mbufs.objectBytes % 128 == 64)
    }

    @Test func pages() throws {
        func pages(
            _ wish: Configuration.Memory.Pages, _ machine: Machine
        ) throws -> [String] {
            var configuration = try wire(workers: .count(1))
            configuration.memory.pages = wish
            let plan = try Plan(configuration: configuration, machine: machine)
            return [plan.memory.pages.rawValue, plan.memory.reason]
                + plan.warnings.map(\.description)
        }
        let few = Machine(allowedCPUs: [0, 1], hugepages: [.init(kibibytes: 2_048, free: 3)])
        #expect(
            try pages(.automatic, large) == [
                "huge", "1024 huge pages of 2 MiB are free, enough for the 38 MiB needed",
            ])
        #expect(
            try pages(.automatic, few) == [
                "ordinary", "3 free huge pages of 2 MiB hold 6 of the 38 MiB needed",
            ])
        #expect(
            try pages(.ordinary, large) == ["ordinary", "memory.pages asks for ordinary pages"])
        #expect(try pages(.huge, large) == ["huge", "memory.pages asks for huge pages"])
        #expect(
            try pages(.huge, few) == [
                "huge", "memory.pages asks for huge pages",
                "f.yaml: memory.pages: 3 free huge pages of 2 MiB hold 6 of the 38 MiB needed;"
                    + " hugepages-setup.sh reserves more",
            ])
    }

    @Test func aCardWithoutHugePages() throws {
        let plan = try Plan(configuration: try wire("pci:0000:3b:00.N"), machine: pair)
        #expect(plan.memory.mbufs.objectBytes == 4_096)
        #expect(
            plan.warnings.map(\.description) == [
                "f.yaml: memory.pages: a network card moves frames by DMA, which needs huge pages"
                    + " in most set-ups; hugepages-setup.sh reserves them"
            ])
    }

    @Test func tooFewMegabytes() throws {
        let configuration = try Configuration(
            yaml: """
                version: 1
                forward: route
                memory: {megabytes: 64}
                ports: {p: {device: vdev:net_null0}}
                """, path: "f.yaml")
        let thrown = #expect(throws: ConfigurationErrors.self) {
            try Plan(configuration: configuration, machine: pair)
        }
        #expect(thrown?.kind == .invalid)
        #expect(
            thrown?.description
                == "f.yaml:3:21: memory.megabytes: found 64, but 130 are needed; without this key"
                + " Freeway asks for what it needs")
        #expect(try Plan(replaying: configuration, machine: pair).memory.megabytes == 138)
    }

    @Test func framesThatADeviceHolds() throws {
        let configuration = try wire()
        let plain = try Plan(configuration: configuration, machine: pair)
        let held = try Plan(configuration: configuration, machine: pair, heldFrames: 10_000)
        #expect(held.memory.mbufs.count == plain.memory.mbufs.count + 10_000)
    }

    @Test func aPoolOnEachNode() throws {
        let machine = Machine(
            allowedCPUs: [0, 1, 2, 3],
            numaNodes: [.init(index: 0, cpus: [0, 1]), .init(index: 1, cpus: [2, 3])])
        let memory = try Plan(configuration: try wire(), machine: machine).memory
        #expect(memory.poolNodes == [0, 1])
        #expect(memory.poolBytes == 2 * memory.mbufs.bytes)
    }

    @Test func replay() throws {
        var configuration = try wire("pci:0000:3b:00.N", workers: .cpus([40, 41]), queues: 8)
        configuration.memory.pages = .huge
        let plan = try Plan(replaying: configuration, workers: 4, machine: pair)
        #expect(plan.purpose == .replay)
        #expect(plan.lcores == "(0-4)@(0-1)")
        #expect(plan.workers.count == 4)
        #expect(plan.ports.map(\.rxQueues) == [1, 1])
        #expect(plan.memory.pages == .ordinary)
        #expect(plan.memory.reason == "a replay always uses ordinary pages")
        #expect(plan.warnings.isEmpty)
        #expect(try Plan(replaying: configuration, machine: small).lcores == "(0-1)@0")
    }

    @Test func json() throws {
        let plan = try Plan(configuration: try wire(), machine: small)
        let data = try JSONEncoder().encode(plan)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(
            Set(object.keys) == [
                "schemaVersion", "path", "purpose", "forward", "control", "workers", "floating",
                "lcores", "ports", "interfaces", "memory", "warnings",
            ])
        #expect(object["schemaVersion"] as? Int == 1)
        #expect(object["forward"] as? String == "cross-connect")
        let ports = try #require(object["ports"] as? [[String: Any]])
        #expect(ports[0]["device"] as? String == "vdev:net_null0")
        #expect(ports[0]["mac"] == nil)
        #expect(ports[0]["rxWorkers"] as? [Int] == [0])
        let memory = try #require(object["memory"] as? [String: Any])
        #expect(memory["megabytes"] as? Int == 38)
        let warnings = try #require(object["warnings"] as? [[String: Any]])
        #expect(warnings[0]["field"] as? String == "workers")
    }
}
