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
        /// The RSS key for ports with several receive queues.
        public var hashKey: [UInt8]

        public init(
            rxQueues: Int, txQueues: Int, rxDescriptors: Int = 1024, txDescriptors: Int = 1024,
            mtu: Int = 1500, hashKey: [UInt8] = Toeplitz.symmetricKey
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
        var key = configuration.hashKey
        let keyFits = capabilities.hashKeySize == 0 || capabilities.hashKeySize == key.count
        try check(
            key.withUnsafeMutableBufferPointer { key in
                if configuration.rxQueues > 1, flows != 0 {
                    settings.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS
                    settings.rx_adv_conf.rss_conf.rss_hf = flows
                    if keyFits {
                        settings.rx_adv_conf.rss_conf.rss_key = key.baseAddress
                        settings.rx_adv_conf.rss_conf.rss_key_len = UInt8(key.count)
                    }
                }
                return rte_eth_dev_configure(
                    index, UInt16(configuration.rxQueues), UInt16(configuration.txQueues),
                    &settings)
            },
            "configure port \(index) with \(configuration.rxQueues) rx and "
                + "\(configuration.txQueues) tx queues")
        try setUpQueues(configuration, capabilities, pool)
        if configuration.rxQueues > 1, capabilities.redirectionTableSize > 0 {
            try spreadEvenly(over: configuration.rxQueues, size: capabilities.redirectionTableSize)
        }
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

    /// Fills the redirection table round robin. Wraps `rte_eth_dev_rss_reta_update`.
    private func spreadEvenly(over queues: Int, size: Int) throws(DPDKError) {
        let group = Int(cdpdk_redirection_table_group)
        var groups = [rte_eth_rss_reta_entry64](
            repeating: rte_eth_rss_reta_entry64(), count: (size + group - 1) / group)
        for entry in 0..<size {
            groups[entry / group].mask |= 1 << UInt64(entry % group)
            withUnsafeMutableBytes(of: &groups[entry / group].reta) { table in
                table.storeBytes(
                    of: UInt16(entry % queues), toByteOffset: 2 * (entry % group), as: UInt16.self)
            }
        }
        do throws(DPDKError) {
            try check(
                rte_eth_dev_rss_reta_update(index, &groups, UInt16(size)),
                "set the redirection table of port \(index)")
        } catch {
            // Some devices have RSS but a table that cannot be changed: theirs is even already.
            if error.code != ENOTSUP { throw error }
        }
    }
}

extension Comparable {
    fileprivate func clamped(to range: ClosedRange<Self>) -> Self {
        min(max(self, range.lowerBound), range.upperBound)
    }
}
