// SPDX-License-Identifier: Apache-2.0

import CDPDK
import Glibc

extension Port {
    /// How a port is set up.
    public struct Configuration: Sendable {
        public var rxQueues: Int
        public var txQueues: Int
        public var rxDescriptors: Int
        public var txDescriptors: Int
        public var mtu: Int
        /// The RSS key for ports with several receive queues. The device gets it over and over, up to the
        /// length of its own.
        public var hashKey: [UInt8]

        /// Of which the symmetric key consists.
        public static let symmetricHashWord: UInt16 = 0x6d5a
        /// A key that repeats every 16 bits, so that a NIC gives both directions of a flow one queue.
        public static let symmetricHashKey = (0..<20).flatMap { _ in
            [UInt8(symmetricHashWord >> 8), UInt8(symmetricHashWord & 0xff)]
        }

        public init(
            rxQueues: Int, txQueues: Int, rxDescriptors: Int = 1024, txDescriptors: Int = 1024,
            mtu: Int = 1500, hashKey: [UInt8] = symmetricHashKey
        ) {
            self.rxQueues = rxQueues
            self.txQueues = txQueues
            self.rxDescriptors = rxDescriptors
            self.txDescriptors = txDescriptors
            self.mtu = mtu
            self.hashKey = hashKey
        }
    }

    /// Sets up the queues; the port must be stopped. Wraps `rte_eth_dev_configure`,
    /// `rte_eth_rx_queue_setup` and `rte_eth_tx_queue_setup`.
    /// - Throws: `DPDKError` with DPDK's own last words.
    public func configure(_ configuration: Configuration, pool: Mempool) throws(DPDKError) {
        let capabilities = try capabilities()
        var settings = rte_eth_conf()
        settings.rxmode.offloads = capabilities.rxOffloads & cdpdk_rx_offload_scatter
        settings.txmode.offloads = capabilities.txOffloads & cdpdk_tx_offload_multi_segments
        if capabilities.mtu.contains(configuration.mtu) {
            settings.rxmode.mtu = UInt32(configuration.mtu)
        }
        let flows =
            capabilities.hashableFlows & (cdpdk_rss_ip | cdpdk_rss_tcp | cdpdk_rss_udp)
        if configuration.rxQueues > 1, flows != 0 {
            let key = HashKey(
                repeating: configuration.hashKey, byteCount: capabilities.hashKeySize)
            settings.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS
            settings.rx_adv_conf.rss_conf.rss_hf = flows
            settings.rx_adv_conf.rss_conf.rss_key = key.bytes
            settings.rx_adv_conf.rss_conf.rss_key_len = UInt8(key.byteCount)
        }
        try check(
            rte_eth_dev_configure(
                index, UInt16(configuration.rxQueues), UInt16(configuration.txQueues), &settings),
            "configure port \(index) with \(configuration.rxQueues) rx and "
                + "\(configuration.txQueues) tx queues")
        try setUpQueues(configuration, capabilities, pool)
    }

    /// The RSS key that the driver finds when the port starts; nil without one. Wraps
    /// `rte_eth_dev_conf_get`.
    public var hashKey: [UInt8]? {
        var settings = rte_eth_conf()
        guard cdpdk_port_configuration(index, &settings) == 0,
            let key = settings.rx_adv_conf.rss_conf.rss_key
        else { return nil }
        return Array(
            UnsafeBufferPointer(start: key, count: Int(settings.rx_adv_conf.rss_conf.rss_key_len)))
    }

    private func setUpQueues(
        _ configuration: Configuration, _ capabilities: Capabilities, _ pool: Mempool
    ) throws(DPDKError) {
        var rxDescriptors = UInt16(
            configuration.rxDescriptors.clamped(to: capabilities.rxDescriptors))
        var txDescriptors = UInt16(
            configuration.txDescriptors.clamped(to: capabilities.txDescriptors))
        try check(
            rte_eth_dev_adjust_nb_rx_tx_desc(index, &rxDescriptors, &txDescriptors),
            "fit the number of descriptors of port \(index)")
        let socket = UInt32(bitPattern: rte_eth_dev_socket_id(index))
        for queue in 0..<configuration.rxQueues {
            try check(
                rte_eth_rx_queue_setup(
                    index, UInt16(queue), rxDescriptors, socket, nil, pool.raw),
                "set up rx queue \(queue) of port \(index)")
        }
        for queue in 0..<configuration.txQueues {
            try check(
                rte_eth_tx_queue_setup(index, UInt16(queue), txDescriptors, socket, nil),
                "set up tx queue \(queue) of port \(index)")
        }
    }
}

extension Comparable {
    fileprivate func clamped(to range: ClosedRange<Self>) -> Self {
        min(max(self, range.lowerBound), range.upperBound)
    }
}
