// SPDX-License-Identifier: Apache-2.0

import FreewayConfiguration

/// The plan of a configuration as `freeway check` shows it.
struct PlanText {
    let plan: Plan

    func rendered(_ style: TextStyle) -> String {
        let floating =
            plan.isFloating ? " floating over CPU \(CPUList.text(plan.workers[0].cpus))" : ""
        let parts = [
            style.folded(
                "\(plan.path): \(plan.forward.rawValue), \(counted(plan.ports.count, "port")), "
                    + counted(plan.workers.count, "worker") + floating, indent: 2),
            lcores.rendered(style), style.folded("--lcores \(plan.lcores)", indent: 2),
            ports.rendered(style), plan.interfaces.isEmpty ? "" : interfaces.rendered(style),
            memory.rendered(style),
            plan.warnings.map { style.folded("warning: \($0)", indent: 2) }.joined(),
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private var lcores: TextTable {
        var table = TextTable([.text("lcore"), .text("role"), .prose("CPU")])
        table.addRow(["\(plan.control.lcore)", "control", .init(CPUList.text(plan.control.cpus))])
        for (index, worker) in plan.workers.enumerated() {
            table.addRow(["\(worker.lcore)", "worker \(index)", .init(CPUList.text(worker.cpus))])
        }
        return table
    }

    private var ports: TextTable {
        var table = TextTable([
            .text("port"), .prose("device"), .prose("MAC", atLeast: 17), .number("MTU"),
            .prose("rx"),
            .prose("tx"),
        ])
        for port in plan.ports {
            let pollers = CPUList.text(Set(port.rxWorkers).sorted())
            let senders = CPUList.text(port.txWorkers.sorted())
            table.addRow([
                .init(port.name),
                .init(plan.purpose == .replay ? "a capture" : "\(port.device)"), .init(mac(port)),
                "\(port.mtu)",
                .init(
                    "\(counted(port.rxQueues, "queue")), worker \(pollers)"
                        + (port.usesSoftwareRSS ? ", software RSS" : "")),
                .init(
                    "\(counted(port.txQueues, "queue")), worker \(senders)"
                        + (port.usesTxHandoff ? ", hand-off" : "")),
            ])
        }
        return table
    }

    private var interfaces: TextTable {
        var table = TextTable([
            .text("interface"), .text("port"), .text("tags"), .number("MTU"),
        ])
        for interface in plan.interfaces {
            let vlans = interface.vlans.map(String.init).joined(separator: " behind ")
            table.addRow([
                .init(interface.name), .init(interface.port),
                .init("\(interface.encapsulation) \(vlans)"), "\(interface.mtu)",
            ])
        }
        return table
    }

    private func mac(_ port: Plan.Port) -> String {
        switch port.macSource {
        case .configuration: port.mac.map { "\($0)" } ?? ""
        case .device: "the device's"
        case .name: port.mac.map { "\($0) (from the name)" } ?? ""
        }
    }

    /// The bill, line by line.
    private var memory: TextTable {
        let memory = plan.memory
        var table = TextTable([.text("memory"), .number(""), .prose("")])
        let mbufs = memory.mbufs
        table.addRow([
            "mbufs", .init(megabytes(memory.poolBytes)),
            .init(
                "\(counted(memory.poolNodes.count, "pool")) of \(mbufs.count) mbufs of "
                    + "\(mbufs.objectBytes) bytes: \(terms(mbufs))"),
        ])
        if let fib = memory.fib {
            table.addRow([
                "FIB", .init(megabytes(fib.bytes)),
                .init(
                    "room for \(fib.instances) tables of \(fib.capacity) routes, so that a change need "
                        + "never touch the one in use"),
            ])
        }
        if let fib = memory.ipv6Fib {
            table.addRow([
                "IPv6, VRFs", .init(megabytes(fib.bytes)),
                .init(
                    "room for \(fib.instances) tables of \(fib.nodes) nodes, each for 256 neighbouring prefixes"
                ),
            ])
        }
        table.addRow(["other", .init(megabytes(memory.otherBytes)), "EAL, rings, queues"])
        table.addRow(["needed", "\(memory.neededMegabytes) MiB", ""])
        table.addRow([
            "asked for", "\(memory.megabytes) MiB",
            .init("\(memory.pages.rawValue) pages: \(memory.reason)"),
        ])
        if plan.purpose == .run {
            table.addRow([
                "clients", .init(megabytes(memory.control.bytes)),
                .init(
                    "at most, beside it: \(Plan.Memory.Control.connections) connections, replies that wait, "
                        + "uploads"),
            ])
        }
        return table
    }

    /// The sum that makes the number of mbufs.
    private func terms(_ mbufs: Plan.Mbufs) -> String {
        [
            ("rx", mbufs.rxDescriptors), ("tx", mbufs.txDescriptors), ("bursts", mbufs.bursts),
            ("tx buffers", mbufs.txBuffers), ("caches", mbufs.caches),
            ("hand-off", mbufs.handoffRings), ("long frames", mbufs.longFrames),
            ("waiting", mbufs.waiting), ("held", mbufs.heldFrames),
        ].filter { $0.1 > 0 }.map { "\($0) \($1)" }.joined(separator: " + ")
    }

    /// One decimal place, rounded up.
    private func megabytes(_ bytes: Int) -> String {
        let tenths = (bytes * 10 + (1 << 20) - 1) >> 20
        return "\(tenths / 10).\(tenths % 10) MiB"
    }

    private func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}
