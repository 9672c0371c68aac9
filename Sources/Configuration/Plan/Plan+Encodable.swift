// SPDX-License-Identifier: Apache-2.0

extension Plan: Encodable {
    private enum CodingKeys: String, CodingKey {
        case schemaVersion, path, purpose, forward, control, workers, floating, lcores, ports
        case interfaces
        case memory, warnings
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Self.schemaVersion, forKey: .schemaVersion)
        try container.encode(path, forKey: .path)
        try container.encode(purpose, forKey: .purpose)
        try container.encode(forward.rawValue, forKey: .forward)
        try container.encode(control, forKey: .control)
        try container.encode(workers, forKey: .workers)
        try container.encode(isFloating, forKey: .floating)
        try container.encode(lcores, forKey: .lcores)
        try container.encode(ports, forKey: .ports)
        try container.encode(interfaces, forKey: .interfaces)
        try container.encode(memory, forKey: .memory)
        try container.encode(warnings, forKey: .warnings)
    }
}

extension Plan.Port: Encodable {
    private enum CodingKeys: String, CodingKey {
        case index, name, device, mac, macSource, mtu, rxQueues, txQueues, rxDescriptors
        case txDescriptors, rxWorkers, txWorkers, txQueueOfWorker, softwareRSS, txHandoff
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(index, forKey: .index)
        try container.encode(name, forKey: .name)
        try container.encode(String(describing: device), forKey: .device)
        try container.encodeIfPresent(mac.map { String(describing: $0) }, forKey: .mac)
        try container.encode(macSource, forKey: .macSource)
        try container.encode(mtu, forKey: .mtu)
        try container.encode(rxQueues, forKey: .rxQueues)
        try container.encode(txQueues, forKey: .txQueues)
        try container.encode(rxDescriptors, forKey: .rxDescriptors)
        try container.encode(txDescriptors, forKey: .txDescriptors)
        try container.encode(rxWorkers, forKey: .rxWorkers)
        try container.encode(txWorkers, forKey: .txWorkers)
        try container.encode(txQueueOfWorker, forKey: .txQueueOfWorker)
        try container.encode(usesSoftwareRSS, forKey: .softwareRSS)
        try container.encode(usesTxHandoff, forKey: .txHandoff)
    }
}

extension Plan.Memory: Encodable {
    private enum CodingKeys: String, CodingKey {
        case mbufs, mbufsPerPool, poolNodes, poolBytes, fib, fibBytes, ipv6Fib, ipv6FibBytes,
            otherBytes, clientBytes
        case neededMegabytes, megabytes, pages, reason
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(mbufs, forKey: .mbufs)
        try container.encode(mbufs.count, forKey: .mbufsPerPool)
        try container.encode(poolNodes, forKey: .poolNodes)
        try container.encode(poolBytes, forKey: .poolBytes)
        try container.encodeIfPresent(fib, forKey: .fib)
        try container.encodeIfPresent(fib?.bytes, forKey: .fibBytes)
        try container.encodeIfPresent(ipv6Fib, forKey: .ipv6Fib)
        try container.encodeIfPresent(ipv6Fib?.bytes, forKey: .ipv6FibBytes)
        try container.encode(otherBytes, forKey: .otherBytes)
        try container.encode(control.bytes, forKey: .clientBytes)
        try container.encode(neededMegabytes, forKey: .neededMegabytes)
        try container.encode(megabytes, forKey: .megabytes)
        try container.encode(pages, forKey: .pages)
        try container.encode(reason, forKey: .reason)
    }
}

extension Diagnostic: Encodable {
    private enum CodingKeys: String, CodingKey {
        case path, line, column, field, message
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(path, forKey: .path)
        try container.encodeIfPresent(location?.line, forKey: .line)
        try container.encodeIfPresent(location?.column, forKey: .column)
        try container.encode(field, forKey: .field)
        try container.encode(message, forKey: .message)
    }
}
