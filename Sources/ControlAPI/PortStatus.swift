// SPDX-License-Identifier: Apache-2.0

/// One port, as `GET /v1/ports` shows it.
public struct PortStatus: Codable, Sendable, Equatable {
    /// DPDK's port number.
    public var index: Int
    /// The name in the configuration.
    public var name: String
    /// The device as the configuration writes it: `pci:0000:3b:00.0`.
    public var device: String
    /// DPDK's driver: `net_pcap`.
    public var driver: String
    public var mac: String
    public var mtu: Int
    public var link: PortLink
    public var promiscuous: Bool
    /// Absent when the device belongs to no node.
    public var numaNode: Int?
    public var rxQueues: Int
    public var txQueues: Int
    public var admit: PortAdmission
    public var received: Traffic
    public var transmitted: Traffic
    public var counters: DeviceCounters
    /// The driver's extended statistics. Those that are zero are left out of the JSON.
    public var xstats: [String: UInt64]

    public init(
        index: Int, name: String, device: String, driver: String, mac: String, mtu: Int,
        link: PortLink, promiscuous: Bool, numaNode: Int?, rxQueues: Int, txQueues: Int,
        admit: PortAdmission, received: Traffic, transmitted: Traffic,
        counters: DeviceCounters, xstats: [String: UInt64] = [:]
    ) {
        self.index = index
        self.name = name
        self.device = device
        self.driver = driver
        self.mac = mac
        self.mtu = mtu
        self.link = link
        self.promiscuous = promiscuous
        self.numaNode = numaNode
        self.rxQueues = rxQueues
        self.txQueues = txQueues
        self.admit = admit
        self.received = received
        self.transmitted = transmitted
        self.counters = counters
        self.xstats = xstats.filter { $0.value != 0 }
    }
}
