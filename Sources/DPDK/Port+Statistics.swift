// SPDX-License-Identifier: Apache-2.0

import CDPDK

extension Port {
    /// The device's own counters. Wraps `struct rte_eth_stats`.
    public struct Statistics: Sendable {
        public let receivedFrames: UInt64
        public let transmittedFrames: UInt64
        /// Frames that the device lost because no descriptor was free.
        public let missed: UInt64
        public let receiveErrors: UInt64
        public let transmitErrors: UInt64
        /// Frames that the driver lost because the pool was empty.
        public let withoutMbuf: UInt64

        public init(
            receivedFrames: UInt64, transmittedFrames: UInt64, missed: UInt64,
            receiveErrors: UInt64, transmitErrors: UInt64, withoutMbuf: UInt64
        ) {
            self.receivedFrames = receivedFrames
            self.transmittedFrames = transmittedFrames
            self.missed = missed
            self.receiveErrors = receiveErrors
            self.transmitErrors = transmitErrors
            self.withoutMbuf = withoutMbuf
        }
    }

    /// Wraps `rte_eth_stats_get`.
    public func statistics() throws(DPDKError) -> Statistics {
        var stats = rte_eth_stats()
        try check(rte_eth_stats_get(index, &stats), "read the counters of port \(index)")
        return Statistics(
            receivedFrames: stats.ipackets, transmittedFrames: stats.opackets,
            missed: stats.imissed, receiveErrors: stats.ierrors, transmitErrors: stats.oerrors,
            withoutMbuf: stats.rx_nombuf)
    }

    /// The driver's extended counters by name. Wraps `rte_eth_xstats_get`.
    public func extendedStatistics() throws(DPDKError) -> [String: UInt64] {
        let count = Int(
            try check(rte_eth_xstats_get(index, nil, 0), "count xstats of port \(index)"))
        var values = [rte_eth_xstat](repeating: rte_eth_xstat(), count: count)
        var names = [rte_eth_xstat_name](repeating: rte_eth_xstat_name(), count: count)
        let read = min(
            Int(try check(rte_eth_xstats_get(index, &values, UInt32(count)), "read xstats")),
            Int(try check(rte_eth_xstats_get_names(index, &names, UInt32(count)), "name xstats")),
            count)
        return names.withUnsafeBufferPointer { names in
            Dictionary(
                (0..<read).map { position in
                    let name = cdpdk_xstat_name(names.baseAddress!, UInt32(position))
                    return (String(cString: name!), values[position].value)
                }, uniquingKeysWith: { first, _ in first })
        }
    }
}
