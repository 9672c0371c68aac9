// SPDX-License-Identifier: Apache-2.0

import CDPDK
import Glibc

extension Port {
    /// Gives each receive queue its share of the redirection table, round robin, and over again every 128 places: so
    /// that devices whose tables have other sizes give a flow one queue. Wraps `rte_eth_dev_rss_reta_update`.
    ///
    /// The port must have been started: before, some drivers refuse (`bnxt_reta_update_op` of DPDK 22.11), and
    /// others forget it when the port starts (`igb_rss_configure`).
    func spreadEvenly() throws(DPDKError) {
        var info = rte_eth_dev_info()
        try check(rte_eth_dev_info_get(index, &info), "ask port \(index) what it can do")
        let (queues, size) = (Int(info.nb_rx_queues), Int(info.reta_size))
        guard queues > 1, size > 0 else { return }
        let group = Int(cdpdk_redirection_table_group)
        var groups = [rte_eth_rss_reta_entry64](
            repeating: rte_eth_rss_reta_entry64(), count: (size + group - 1) / group)
        for entry in 0..<size {
            groups[entry / group].mask |= 1 << UInt64(entry % group)
            withUnsafeMutableBytes(of: &groups[entry / group].reta) { table in
                table.storeBytes(
                    of: UInt16(entry % 128 % queues), toByteOffset: 2 * (entry % group),
                    as: UInt16.self)
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
