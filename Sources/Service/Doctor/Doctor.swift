// SPDX-License-Identifier: Apache-2.0

public import ControlAPI
import Forwarding
public import FreewayConfiguration

/// Looks at this machine as a forwarder needs it, and tells what is right and wrong with the command
/// that mends each. Changes nothing.
public struct Doctor: Sendable {
    let system: SystemFiles
    let machine: Machine
    /// What the machine is to run; nil to judge the machine alone.
    let configuration: Configuration?
    let plan: Plan?

    /// - Parameter plan: of the configuration, for this machine.
    public init(_ configuration: Configuration? = nil, plan: Plan? = nil, machine: Machine) {
        self.init(configuration, plan: plan, machine: machine, system: SystemFiles())
    }

    init(
        _ configuration: Configuration?, plan: Plan?, machine: Machine, system: SystemFiles
    ) {
        self.configuration = configuration
        self.plan = plan
        self.machine = machine
        self.system = system
    }

    /// Looks at everything. Control thread; takes a few milliseconds.
    public func examine() -> DoctorReport {
        DoctorReport(
            findings: dpdk() + processors() + frequency() + isolation() + memory() + hugepages()
                + transparentHugepages() + iommu() + cards() + numaNodes() + permissions() + ports()
                + controlGroup() + forwarder())
    }

    /// Whether the configuration has a network card of its own; a machine without a configuration is
    /// judged as if it had.
    var wantsCard: Bool { configuration.map(\.hasCard) ?? true }

    /// How bad it is when something is missing that only a network card needs.
    var severityForCards: DoctorReport.State {
        guard let configuration else { return .warning }
        return configuration.hasCard ? .bad : .neutral
    }

    /// The folder of the control socket.
    var socketPath: String { configuration?.control.socket ?? ControlClient.defaultSocketPath }
}

extension Configuration {
    var hasCard: Bool {
        ports.contains { if case .pci = $0.device { true } else { false } }
    }
}
