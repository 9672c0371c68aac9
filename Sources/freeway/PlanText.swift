// SPDX-License-Identifier: Apache-2.0

extension Plan: CustomStringConvertible {
    /// The plan as aligned text, for people; several lines, no newline at the end.
    public var description: String {
        var lines = [
            "\(path): \(forward.rawValue), \(Self.counted(ports.count, "port")), "
                + Self.counted(workers.count, "worker")
                + (isFloating ? " floating over CPU \(CPUList.text(workers[0].cpus))" : ""),
            "",
        ]
        lines +=
            TextTable(
                ["lcore", "role", "CPU"],
                ([("control", control)] + workers.enumerated().map { ("worker \($0)", $1) }).map {
                    ["\($1.lcore)", $0, CPUList.text($1.cpus)]
                }
            ).lines
        lines += ["", "--lcores \(lcores)", ""]
        lines += TextTable(["port", "device", "MAC", "MTU", "rx", "tx"], ports.map(row)).lines
        lines += [""] + memory.lines(purpose)
        if !warnings.isEmpty {
            lines += [""] + warnings.map { "warning: \($0)" }
        }
        return lines.joined(separator: "\n")
    }

    private func row(_ port: Port) -> [String] {
        let mac =
            switch port.macSource {
            case .configuration: port.mac.map { "\($0)" } ?? ""
            case .device: "the device's"
            case .name: port.mac.map { "\($0) (from the name)" } ?? ""
            }
        let pollers = CPUList.text(Set(port.rxWorkers).sorted())
        let senders = CPUList.text(0..<min(port.txQueues, port.txQueueOfWorker.count))
        return [
            port.name, purpose == .replay ? "a capture" : "\(port.device)", mac, "\(port.mtu)",
            "\(Self.counted(port.rxQueues, "queue")), worker \(pollers)"
                + (port.usesSoftwareRSS ? ", software RSS" : ""),
            "\(Self.counted(port.txQueues, "queue")), worker \(senders)"
                + (port.usesTxHandoff ? ", hand-off" : ""),
        ]
    }

    static func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}

extension Plan.Mbufs {
    /// The sum that makes the count.
    var terms: String {
        [
            ("rx", rxDescriptors), ("tx", txDescriptors), ("bursts", bursts),
            ("tx buffers", txBuffers), ("caches", caches), ("hand-off", handoffRings),
            ("long frames", longFrames), ("held", heldFrames),
        ].filter { $0.1 > 0 }.map { "\($0) \($1)" }.joined(separator: " + ")
    }
}

extension Plan.Memory {
    /// The bill, line by line.
    func lines(_ purpose: Plan.Purpose) -> [String] {
        var rows = [
            [
                "mbufs", Self.megabytes(poolBytes),
                "\(Plan.counted(poolNodes.count, "pool")) of \(mbufs.count) mbufs of"
                    + " \(mbufs.objectBytes) bytes: " + mbufs.terms,
            ]
        ]
        if let fib {
            rows.append([
                "FIB", Self.megabytes(fib.bytes),
                "room for \(fib.instances) tables of \(fib.capacity) routes, so that a change need"
                    + " never touch the one in use",
            ])
        }
        rows.append(["other", Self.megabytes(otherBytes), "EAL, rings, queues"])
        rows.append(["needed", "\(neededMegabytes) MiB", ""])
        rows.append(["asked for", "\(megabytes) MiB", "\(pages.rawValue) pages: \(reason)"])
        if purpose == .run {
            rows.append([
                "clients", Self.megabytes(control.bytes),
                "at most, beside it: \(Control.connections) connections, replies that wait, uploads",
            ])
        }
        return TextTable(["memory", "", ""], rows, rightAligned: [1]).lines
    }

    /// One decimal place, rounded up.
    private static func megabytes(_ bytes: Int) -> String {
        let tenths = (bytes * 10 + (1 << 20) - 1) >> 20
        return "\(tenths / 10).\(tenths % 10) MiB"
    }
}
