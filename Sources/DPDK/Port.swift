// SPDX-License-Identifier: Apache-2.0

import CDPDK
import Glibc

/// An Ethernet port. Wraps a port id of `rte_ethdev`.
///
/// Control thread only; bursts reach its queues by index.
public struct Port: Hashable, Sendable {
    public let index: UInt16

    public init(index: UInt16) { self.index = index }

    /// The most ports that DPDK holds. `RTE_MAX_ETHPORTS`.
    public static let limit = 32

    /// What the driver can do and is. Wraps `struct rte_eth_dev_info`.
    public struct Capabilities: Sendable {
        public let driver: String
        public let rxQueues: Int
        public let txQueues: Int
        public let rxDescriptors: ClosedRange<Int>
        public let txDescriptors: ClosedRange<Int>
        public let mtu: ClosedRange<Int>
        public let redirectionTableSize: Int
        public let hashKeySize: Int
        public let hashableFlows: UInt64
        public let rxOffloads: UInt64
        public let txOffloads: UInt64
    }

    /// Wraps `rte_eth_dev_info_get`.
    public func capabilities() throws(DPDKError) -> Capabilities {
        var info = rte_eth_dev_info()
        try check(rte_eth_dev_info_get(index, &info), "ask port \(index) what it can do")
        return Capabilities(
            driver: String(cString: info.driver_name),
            rxQueues: Int(info.max_rx_queues), txQueues: Int(info.max_tx_queues),
            rxDescriptors: Self.range(info.rx_desc_lim),
            txDescriptors: Self.range(info.tx_desc_lim),
            mtu: Int(info.min_mtu)...Int(max(info.min_mtu, info.max_mtu)),
            redirectionTableSize: Int(info.reta_size), hashKeySize: Int(info.hash_key_size),
            hashableFlows: info.flow_type_rss_offloads, rxOffloads: info.rx_offload_capa,
            txOffloads: info.tx_offload_capa)
    }

    private static func range(_ limits: rte_eth_desc_lim) -> ClosedRange<Int> {
        let most = limits.nb_max == 0 ? Int(UInt16.max) : Int(limits.nb_max)
        return min(Int(limits.nb_min), most)...most
    }

    /// The NUMA node that the device is attached to; nil when it has none.
    /// Wraps `rte_eth_dev_socket_id`.
    public var numaNode: Int32? {
        // DPDK 22.11 follows a null pointer where the port does not exist.
        guard rte_eth_dev_is_valid_port(index) == 1 else { return nil }
        let node = rte_eth_dev_socket_id(index)
        return node < 0 ? nil : node
    }

    /// Starts to receive and transmit, each receive queue its share of the flows. Wraps `rte_eth_dev_start`.
    public func start() throws(DPDKError) {
        try check(rte_eth_dev_start(index), "start port \(index)")
        do {
            try spreadEvenly()
        } catch {
            rte_eth_dev_stop(index)
            throw error
        }
    }

    /// Wraps `rte_eth_dev_stop`.
    public func stop() throws(DPDKError) {
        try check(rte_eth_dev_stop(index), "stop port \(index)")
    }

    /// Stops the port and starts it again, so that a capture is read from its beginning. Nobody else may
    /// receive on the port meanwhile. Wraps `rte_eth_dev_stop` and `rte_eth_dev_start`.
    /// - Returns: false when the device failed; then the log has the reason.
    public static func restart(_ index: UInt16) -> Bool {
        rte_eth_dev_stop(index) == 0 && rte_eth_dev_start(index) == 0
    }

    /// Frees queues and buffers of a stopped port. Wraps `rte_eth_dev_close`.
    public func close() throws(DPDKError) {
        try check(rte_eth_dev_close(index), "close port \(index)")
    }

    /// The device's own address in the low 48 bits, first byte most significant. Wraps
    /// `rte_eth_macaddr_get`.
    public func macAddress() throws(DPDKError) -> UInt64 {
        var address = rte_ether_addr()
        try check(rte_eth_macaddr_get(index, &address), "read the MAC of port \(index)")
        return withUnsafeBytes(of: &address) { $0.reduce(0) { $0 << 8 | UInt64($1) } }
    }

    /// Gives the device another address. Wraps `rte_eth_dev_default_mac_addr_set`.
    /// - Returns: false when the device has no such function.
    public func setMACAddress(_ value: UInt64) -> Bool {
        var address = rte_ether_addr()
        withUnsafeMutableBytes(of: &address) { bytes in
            for position in 0..<6 {
                bytes[position] = UInt8(truncatingIfNeeded: value >> UInt64(40 - 8 * position))
            }
        }
        return rte_eth_dev_default_mac_addr_set(index, &address) == 0
    }

    /// Sets the largest network-layer packet. Wraps `rte_eth_dev_set_mtu`.
    /// - Returns: false when the device has no such function, or refuses the size.
    public func setMTU(_ mtu: Int) -> Bool {
        guard let mtu = UInt16(exactly: mtu) else { return false }
        return rte_eth_dev_set_mtu(index, mtu) == 0
    }

    /// Changes the MTU of a port that may run. Wraps `rte_eth_dev_set_mtu`.
    /// - Returns: false when the device has no such function.
    /// - Throws: `DPDKError` when the device has, and refuses.
    public func changeMTU(_ mtu: Int) throws(DPDKError) -> Bool {
        LogCapture.shared.clear()
        let status = rte_eth_dev_set_mtu(index, UInt16(clamping: mtu))
        if status == -ENOTSUP { return false }
        guard status >= 0 else {
            throw DPDKError(code: -status, operation: "set the MTU of port \(index) to \(mtu)")
        }
        return true
    }

    /// Accepts frames for any address. Wraps `rte_eth_promiscuous_enable`.
    /// - Returns: false when the device has no such function.
    public func enablePromiscuousMode() -> Bool { rte_eth_promiscuous_enable(index) == 0 }

    /// Accepts frames for the port's own addresses again. Wraps `rte_eth_promiscuous_disable`.
    /// - Returns: false when the device has no such function.
    public func disablePromiscuousMode() -> Bool { rte_eth_promiscuous_disable(index) == 0 }

    /// Accepts frames for any group. Wraps `rte_eth_allmulticast_enable`.
    /// - Returns: false when the device has no such function; then it has no filter for groups either, or
    ///   promiscuous mode alone opens it.
    public func enableAllMulticast() -> Bool { rte_eth_allmulticast_enable(index) == 0 }

    /// Wraps `rte_eth_allmulticast_get`.
    public var takesAllMulticast: Bool { rte_eth_allmulticast_get(index) == 1 }

    /// Wraps `rte_eth_promiscuous_get`.
    public var isPromiscuous: Bool { rte_eth_promiscuous_get(index) == 1 }

    public struct Link: Sendable {
        public let isUp: Bool
        /// Megabits a second; nil when the device does not know.
        public let megabitsPerSecond: UInt32?
        public let isFullDuplex: Bool
    }

    /// The link as the device last saw it. Wraps `rte_eth_link_get_nowait`.
    public func link() throws(DPDKError) -> Link {
        var speed: UInt32 = 0
        var fullDuplex = false
        var up = false
        try check(
            cdpdk_port_link(index, &speed, &fullDuplex, &up), "read the link of port \(index)")
        return Link(
            isUp: up, megabitsPerSecond: speed == UInt32.max || speed == 0 ? nil : speed,
            isFullDuplex: fullDuplex)
    }
}
