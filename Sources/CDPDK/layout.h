// SPDX-License-Identifier: Apache-2.0

// Where DPDK's objects have what a thread writes, for the test that no two workers write one line.

#pragma once

#include "cdpdk.h"

#include <rte_mempool.h>
#include <rte_rcu_qsbr.h>
#include <rte_ring.h>

CDPDK_INLINE const void *cdpdk_layout_ring_producer(const struct rte_ring *ring) { return &ring->prod; }

CDPDK_INLINE const void *cdpdk_layout_ring_consumer(const struct rte_ring *ring) { return &ring->cons; }

CDPDK_INLINE const void *cdpdk_layout_qsbr_counter(const struct rte_rcu_qsbr *qsbr, unsigned reader)
{
    return &qsbr->qsbr_cnt[reader];
}

CDPDK_INLINE unsigned cdpdk_layout_qsbr_readers(const struct rte_rcu_qsbr *qsbr)
{
    return qsbr->max_threads;
}

CDPDK_INLINE const void *cdpdk_layout_mempool_cache(struct rte_mempool *pool, unsigned lcore)
{
    return rte_mempool_default_cache(pool, lcore);
}

// Bytes of a cache that are written: filled anew, it has its size and what was asked for, at most as much again.
CDPDK_INLINE size_t cdpdk_layout_mempool_cache_bytes(struct rte_mempool *pool, unsigned lcore)
{
    const struct rte_mempool_cache *cache = rte_mempool_default_cache(pool, lcore);
    return offsetof(struct rte_mempool_cache, objs)
        + 2 * cache->size * sizeof(void *);
}
