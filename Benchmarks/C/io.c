// SPDX-License-Identifier: Apache-2.0
//
// The least that a forwarder can do, as testpmd's io mode does it: bursts from each port to the other, of which
// nothing is looked at. Beside `freeway bench --workload cross-connect`.
#include "devices.h"

static int work(__rte_unused void *unused)
{
    struct rte_mbuf *frames[BURST];
    uint64_t done = 0;
    while (goes_on(done)) {
        for (uint16_t port = IN; port <= OUT; port++) {
            uint16_t count = rte_eth_rx_burst(port, 0, frames, BURST);
            if (count == 0)
                continue;
            uint16_t left = rte_eth_tx_burst(port ^ 1, 0, frames, count);
            if (unlikely(left < count))
                rte_pktmbuf_free_bulk(frames + left, count - left);
            done += left;
        }
        publish(done);
    }
    return 0;
}

int main(int count, char **words)
{
    read_arguments(count, words);
    start_ports(start_dpdk(words[0]));
    return run(work);
}
