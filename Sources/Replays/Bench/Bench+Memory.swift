// SPDX-License-Identifier: Apache-2.0

import Forwarding
public import FreewayConfiguration

/// Whether the machine has the memory.
extension Bench {
    func checkMemory(_ plan: Plan, _ machine: Machine) throws(ForwarderError) {
        if let shortage = plan.memory.shortage {
            throw ForwarderError(
                .memoryOrDevice, "\(workload.rawValue): \(shortage) (\(Self.bill(plan)))")
        }
        if let shortage = Self.shortage(plan, SystemFiles()) {
            throw ForwarderError(
                .memoryOrDevice,
                "\(workload.rawValue): \(shortage), or lower --workers, or take a workload with "
                    + "fewer prefixes")
        }
    }

    /// What a built-in workload lacks on this machine, as one sentence; nil when it has the memory.
    public func missingMemory(_ machine: Machine) -> String? {
        // Room for routes is what counts, not the routes.
        var configuration = BenchConfiguration.builtIn(.route)
        configuration.memory.routes = max(configuration.memory.routes, workload.prefixes)
        if let workers { configuration.workers = .count(workers) }
        if let pages { configuration.memory.pages = pages }
        let plan = try? Plan(
            configuration: configuration, machine: machine,
            heldFrames: workload.frames * (workers ?? 1), isSpread: true)
        guard let plan else { return nil }
        if let shortage = plan.memory.shortage { return "\(shortage) (\(Self.bill(plan)))" }
        return Self.shortage(plan, SystemFiles())
    }

    static func shortage(_ plan: Plan, _ system: SystemFiles) -> String? {
        guard plan.memory.pages == .ordinary,
            let shortage = AvailableMemory(system)?.shortage(of: plan.memory.megabytes)
        else { return nil }
        return "\(bill(plan)): \(shortage)"
    }

    private static func bill(_ plan: Plan) -> String {
        let memory = plan.memory
        var parts = ["\(memory.poolBytes >> 20) MB for \(memory.mbufs.count) packet buffers"]
        if let fib = memory.fib {
            parts.append("\(fib.bytes >> 20) MB for \(fib.capacity) routes, twice")
        }
        if let fib = memory.ipv6Fib {
            parts.append("\(fib.bytes >> 20) MB for \(fib.nodes) nodes of IPv6, twice")
        }
        return (parts + ["\(memory.otherBytes >> 20) MB for the rest"]).joined(separator: ", ")
    }
}
