// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Forwarding
import FreewayConfiguration

extension Doctor {
    func memory() -> [Finding] {
        guard let available = AvailableMemory(system) else { return [] }
        guard let plan else {
            return [Finding("memory", .neutral, "\(available.megabytes) MB are available")]
        }
        let needed = plan.memory.ordinaryMegabytes
        guard let shortage = available.shortage(of: needed) else {
            return [
                Finding(
                    "memory", .good,
                    "\(needed) MB are needed, \(available.megabytes) MB are available")
            ]
        }
        return [
            Finding(
                "memory", .bad, shortage.lack,
                remedy: "\(shortage.remedy), or lower memory.routes and workers")
        ]
    }

    func hugepages() -> [Finding] {
        let free = machine.hugepages.map { ($0.kibibytes / 1024, $0.free) }
        let text = free.filter { $0.1 > 0 }.map { "\($0.1) free of \($0.0) MB" }
            .joined(separator: ", ")
        let needed = plan?.memory.megabytes ?? 1024
        let enough = free.contains { $0.0 * $0.1 >= needed }
        if enough { return [Finding("hugepages", .good, text)] }
        let insists = plan?.memory.shortage != nil
        let state: DoctorReport.State =
            insists ? .bad : wantsCard ? .warning : .neutral
        return [
            Finding(
                "hugepages", state,
                (text.isEmpty ? "none are free" : text)
                    + (plan == nil
                        ? "; a network card needs some" : ", \(needed) MB are wanted")
                    + (wantsCard ? "" : "; virtual devices do without"),
                remedy: "sudo freeway-hugepages-setup reserve --megabytes \(needed)")
        ]
    }

    /// Whether the kernel puts ordinary memory on pages of 2 MB where a program asks it to, as Freeway does.
    func transparentHugepages() -> [Finding] {
        let topic = "transparent-hugepages"
        guard let choice = system.text("/sys/kernel/mm/transparent_hugepage/enabled") else {
            return [Finding(topic, .neutral, "the kernel knows none")]
        }
        guard choice.contains("[never]") else {
            return [Finding(topic, .good, "for programs that ask: ordinary pages are as fast")]
        }
        return [
            Finding(
                topic, plan?.memory.pages == .huge ? .neutral : .warning,
                "never: on ordinary pages tables and buffers are slower to reach",
                remedy: "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled")
        ]
    }

    func numaNodes() -> [Finding] {
        guard machine.numaNodes.count > 1 else {
            return [Finding("numa", .good, "one NUMA node: all memory is near")]
        }
        var findings: [Finding] = []
        let workers = plan?.workers.flatMap(\.cpus) ?? []
        let workerNodes = Set(workers.map(machine.numaNode(ofCPU:)))
        for port in configuration?.ports ?? [] {
            guard case .pci(let address) = port.device,
                let node = system.number("/sys/bus/pci/devices/\(address)/numa_node"), node >= 0,
                workerNodes != [node]
            else { continue }
            let near = machine.numaNodes.first { $0.index == node }?.cpus ?? []
            findings.append(
                Finding(
                    "numa", .warning,
                    "port \(port.name) is on NUMA node \(node), and workers are on "
                        + workerNodes.sorted().map(String.init).joined(separator: ", "),
                    remedy:
                        "workers: [\(near.prefix(workers.count).map(String.init).joined(separator: ", "))]"
                ))
        }
        if findings.isEmpty {
            findings.append(
                Finding(
                    "numa", .good, "\(machine.numaNodes.count) NUMA nodes, none crossed by a port"))
        }
        return findings
    }
}
