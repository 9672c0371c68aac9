// SPDX-License-Identifier: Apache-2.0

/// Which lcore runs on which CPUs.
struct WorkerPlacement {
    let control: Plan.Lcore
    let workers: [Plan.Lcore]
    let isFloating: Bool
    let lcores: String
    var warnings: [Diagnostic] = []

    /// The placement that the configuration asks for. The first CPU that the process may use is
    /// the control plane's.
    init(configuration: Configuration, machine: Machine) throws(ConfigurationErrors) {
        let allowed = machine.allowedCPUs
        let first = allowed[0]
        let free = Array(allowed.dropFirst())
        let location = configuration.workersOrigin.location
        func diagnostic(_ field: String, _ message: String) -> Diagnostic {
            Diagnostic(
                path: configuration.path, location: location, field: field, message: message)
        }
        control = Plan.Lcore(lcore: 0, cpus: [first])
        switch configuration.workers {
        case .cpus(let cpus):
            let missing = cpus.enumerated().filter {
                !allowed.contains($1) && !machine.isolatedCPUs.contains($1)
            }
            guard missing.isEmpty else {
                throw ConfigurationErrors(
                    missing.map { index, cpu in
                        diagnostic(
                            "workers[\(index)]",
                            "CPU \(cpu) is not allowed to this process; allowed are"
                                + " \(CPUList.text(allowed))")
                    })
            }
            if let index = cpus.firstIndex(of: first) {
                warnings.append(
                    diagnostic(
                        "workers[\(index)]",
                        "worker \(index) shares CPU \(first) with the control plane, which keeps"
                            + " the first CPU that is allowed to the process"))
            }
            workers = Self.pinned(cpus)
            isFloating = false
        case .automatic, .count:
            let count =
                switch configuration.workers {
                case .count(let count): count
                default: min(max(1, free.count), Configuration.WorkerSelection.maximumCount)
                }
            isFloating = count > free.count
            if isFloating {
                workers = (1...count).map { Plan.Lcore(lcore: $0, cpus: allowed) }
                warnings.append(
                    diagnostic(
                        "workers",
                        "\(Self.counted(count, "worker")), but"
                            + " \(Self.counted(free.count, "CPU")) beside the control plane's:"
                            + " workers float over CPU \(CPUList.text(allowed)) and forward more"
                            + " slowly than with a CPU each"))
            } else {
                workers = Self.pinned(Array(free.prefix(count)))
            }
        }
        lcores =
            isFloating
            ? "0@\(first),\(CPUList.group(1...workers.count))@\(CPUList.group(allowed))"
            : ([control] + workers).map { "\($0.lcore)@\($0.cpus[0])" }.joined(separator: ",")
    }

    /// All lcores, the main one too, float over all CPUs: replays run side by side.
    init(replayWorkers count: Int, _ machine: Machine) {
        let cpus = machine.allowedCPUs
        control = Plan.Lcore(lcore: 0, cpus: cpus)
        workers = (1...count).map { Plan.Lcore(lcore: $0, cpus: cpus) }
        isFloating = true
        lcores = "(0-\(count))@\(CPUList.group(cpus))"
    }

    private static func pinned(_ cpus: [Int]) -> [Plan.Lcore] {
        cpus.enumerated().map { Plan.Lcore(lcore: $0 + 1, cpus: [$1]) }
    }

    private static func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}
