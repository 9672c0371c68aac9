// SPDX-License-Identifier: Apache-2.0

extension Plan {
    /// The plan once a configuration without obstacles has taken the place of the one that this plan
    /// follows from: the ports' addresses and MTU and the table's room are its own, everything that was
    /// set up at the start stays.
    public func following(_ configuration: Configuration) -> Plan {
        var plan = self
        plan.path = configuration.path
        plan.ports = configuration.ports.enumerated().map { index, port in
            Port(index: index, port, purpose, workerCount: workers.count)
        }
        plan.memory.fib = configuration.forward == .route ? ForwardingTable(configuration) : nil
        plan.warnings = configuration.warnings
        return plan
    }
}
