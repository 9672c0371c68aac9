// SPDX-License-Identifier: Apache-2.0

extension Plan {
    /// The plan once a configuration without obstacles has taken the place of the one that this plan
    /// follows from: the ports' addresses and MTU and the table's room are its own, everything that was
    /// set up at the start stays.
    public func following(_ configuration: Configuration) -> Plan {
        var plan = self
        plan.path = configuration.path
        plan.ports = configuration.ports.indices.map {
            Port(index: $0, in: configuration, purpose, workerCount: workers.count)
        }
        plan.interfaces = configuration.vlanInterfaces.map { Interface($0, configuration) }
        plan.memory.fib = configuration.forward == .route ? ForwardingTable(configuration) : nil
        plan.memory.ipv6Fib = configuration.ipv6Fib
        plan.warnings = configuration.warnings
        return plan
    }

    /// Ports whose MTU is beyond what the buffers hold, which were made at the start, in file order: a frame
    /// would take several, which nobody paid for, or be lost by a device that cannot spread it. In a
    /// replay long frames do so anyway, and the bill has them.
    public func portsBeyondBuffers(_ configuration: Configuration) -> [Diagnostic] {
        guard purpose == .run else { return [] }
        let room = memory.mbufs.dataBytes
        return configuration.ports.filter { Mbufs.dataBytes(mtu: $0.mtu) > room }.map {
            configuration.diagnostic(
                of: "ports.\($0.name).mtu",
                "found \($0.mtu), but the buffers hold packets of up to \(Mbufs.mtu(dataBytes: room)) bytes; "
                    + "a reload cannot change this: restart Freeway")
        }.inFileOrder()
    }
}
