// SPDX-License-Identifier: Apache-2.0

import CDPDK
import DPDK
import EALSupport
import Testing

/// Each receive queue of a port that runs has its share of the flows.
@Suite(.usesEAL) struct RedirectionTableTests {
    /// net_null has a table of 128 places, which says 0 everywhere at first.
    @Test(arguments: [2, 3, 5]) func givenSeveralQueuesTheyTakeTurnsInTheTable(queues: Int) throws {
        let port = try TestPort("net_null", arguments: "no-rx=1", rxQueues: queues)
        defer { port.close() }
        #expect(try table(port.index) == (0..<128).map { UInt16($0 % queues) })
    }

    @Test func givenOneQueueTheTableIsLeftAlone() throws {
        let port = try TestPort("net_null", arguments: "no-rx=1")
        defer { port.close() }
        #expect(try table(port.index) == [UInt16](repeating: 0, count: 128))
    }

    private func table(_ port: UInt16) throws -> [UInt16] {
        var groups = [rte_eth_rss_reta_entry64](repeating: rte_eth_rss_reta_entry64(), count: 2)
        for index in groups.indices { groups[index].mask = .max }
        try #require(rte_eth_dev_rss_reta_query(port, &groups, 128) == 0)
        return groups.flatMap { group in
            withUnsafeBytes(of: group.reta) { Array($0.bindMemory(to: UInt16.self)) }
        }
    }
}
