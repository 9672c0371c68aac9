// SPDX-License-Identifier: Apache-2.0
//
// DPDK as Swift sees it. Only what the importer cannot take over by itself is written here: fields
// of over-aligned structs (which arrive as OpaquePointer), composite macros, thread-local and
// variadic things. No policy.
#ifndef CDPDK_H
#define CDPDK_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <rte_config.h>

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <rte_bus_vdev.h>
#include <rte_cycles.h>
#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_log.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>
#include <rte_mbuf_dyn.h>
#include <rte_mbuf_pool_ops.h>
#include <rte_mempool.h>
#include <rte_memzone.h>
#include <rte_pause.h>
#include <rte_prefetch.h>
#include <rte_rcu_qsbr.h>
#include <rte_ring.h>
#include <rte_version.h>

#include "mbuf.h"
#include "wide_look_up.h"

// The layout that the accessors below and the data plane's metadata rely on.
_Static_assert(sizeof(struct rte_mbuf) == 128, "an mbuf is two cache lines");
_Static_assert(offsetof(struct rte_mbuf, buf_addr) == 0, "buf_addr comes first");
_Static_assert(offsetof(struct rte_mbuf, pkt_len) < 64, "pkt_len is in the first cache line");
_Static_assert(offsetof(struct rte_mbuf, port) < 64, "port is in the first cache line");
_Static_assert(RTE_PKTMBUF_HEADROOM == 128, "the headroom of Debian's build");
_Static_assert(RTE_MAX_ETHPORTS == 32, "the plan refuses more ports than this");
_Static_assert(RTE_CACHE_LINE_SIZE == 64, "tables are laid out in lines of 64 bytes");

// Macros with casts or operators: the importer leaves them out.
static const int32_t cdpdk_any_socket = SOCKET_ID_ANY;
static const uint32_t cdpdk_mempool_no_iova_contiguous = RTE_MEMPOOL_F_NO_IOVA_CONTIG;
static const uint32_t cdpdk_ring_single_producer_consumer = RING_F_SP_ENQ | RING_F_SC_DEQ;
static const uint64_t cdpdk_rss_ip = RTE_ETH_RSS_IP;
static const uint64_t cdpdk_rss_tcp = RTE_ETH_RSS_TCP;
static const uint64_t cdpdk_rss_udp = RTE_ETH_RSS_UDP;
static const uint64_t cdpdk_rx_offload_scatter = RTE_ETH_RX_OFFLOAD_SCATTER;
static const uint64_t cdpdk_tx_offload_multi_segments = RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
static const uint16_t cdpdk_redirection_table_group = RTE_ETH_RETA_GROUP_SIZE;
static const uint16_t cdpdk_version_year = RTE_VER_YEAR;
static const uint16_t cdpdk_version_month = RTE_VER_MONTH;
static const uint16_t cdpdk_version_minor = RTE_VER_MINOR;

// rte_errno is a macro over a thread-local variable.
CDPDK_INLINE int cdpdk_errno(void) { return rte_errno; }

// --- mempool ---

// The object constructor is passed as a function pointer with a signature over an over-aligned
// struct, which Swift cannot write down.
CDPDK_INLINE void cdpdk_mempool_init_mbufs(struct rte_mempool *pool)
{
    rte_mempool_obj_iter(pool, rte_pktmbuf_init, NULL);
}

CDPDK_INLINE void cdpdk_mempool_init_packet_pool(
    struct rte_mempool *pool, uint16_t data_room, uint16_t private_area)
{
    struct rte_pktmbuf_pool_private details;
    memset(&details, 0, sizeof details);
    details.mbuf_data_room_size = data_room;
    details.mbuf_priv_size = private_area;
    rte_pktmbuf_pool_init(pool, &details);
}

// --- ring: bulk calls over an over-aligned struct ---

CDPDK_INLINE unsigned cdpdk_ring_enqueue_burst(
    struct rte_ring *ring, struct rte_mbuf **mbufs, unsigned count)
{
    return rte_ring_sp_enqueue_burst(ring, (void *const *)mbufs, count, NULL);
}

CDPDK_INLINE unsigned cdpdk_ring_dequeue_burst(
    struct rte_ring *ring, struct rte_mbuf **mbufs, unsigned count)
{
    return rte_ring_sc_dequeue_burst(ring, (void **)mbufs, count, NULL);
}

CDPDK_INLINE unsigned cdpdk_ring_count(const struct rte_ring *ring) { return rte_ring_count(ring); }

CDPDK_INLINE unsigned cdpdk_ring_capacity(const struct rte_ring *ring)
{
    return rte_ring_get_capacity(ring);
}

// --- ethdev ---

CDPDK_INLINE uint16_t cdpdk_port_receive(
    uint16_t port, uint16_t queue, struct rte_mbuf **mbufs, uint16_t count)
{
    return rte_eth_rx_burst(port, queue, mbufs, count);
}

CDPDK_INLINE uint16_t cdpdk_port_transmit(
    uint16_t port, uint16_t queue, struct rte_mbuf **mbufs, uint16_t count)
{
    return rte_eth_tx_burst(port, queue, mbufs, count);
}

// struct rte_eth_link is over-aligned.
CDPDK_INLINE int cdpdk_port_link(
    uint16_t port, uint32_t *speed, _Bool *full_duplex, _Bool *up)
{
    struct rte_eth_link link;
    memset(&link, 0, sizeof link);
    int status = rte_eth_link_get_nowait(port, &link);
    *speed = link.link_speed;
    *full_duplex = link.link_duplex == RTE_ETH_LINK_FULL_DUPLEX;
    *up = link.link_status == RTE_ETH_LINK_UP;
    return status;
}

// The symbol is marked as experimental in DPDK 22.11, which Swift would warn of; it is stable since 24.11.
CDPDK_INLINE int cdpdk_port_configuration(uint16_t port, struct rte_eth_conf *configuration)
{
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
    return rte_eth_dev_conf_get(port, configuration);
#pragma clang diagnostic pop
}

// The array of descriptions ends in a flexible way that Swift would have to spell out.
CDPDK_INLINE const char *cdpdk_xstat_name(const struct rte_eth_xstat_name *names, unsigned index)
{
    return names[index].name;
}

// The struct is packed, and its address in a union.
CDPDK_INLINE void *cdpdk_memzone_base(const struct rte_memzone *zone) { return zone->addr; }

// --- RCU QSBR: over-aligned struct with inline functions ---

CDPDK_INLINE struct rte_rcu_qsbr *cdpdk_qsbr_create(uint32_t readers, int socket)
{
    size_t size = rte_rcu_qsbr_get_memsize(readers);
    struct rte_rcu_qsbr *qsbr =
        (struct rte_rcu_qsbr *)rte_zmalloc_socket("qsbr", size, 2 * RTE_CACHE_LINE_SIZE, socket);
    if (qsbr != NULL && rte_rcu_qsbr_init(qsbr, readers) != 0) {
        rte_free(qsbr);
        return NULL;
    }
    return qsbr;
}

CDPDK_INLINE void cdpdk_qsbr_free(struct rte_rcu_qsbr *qsbr) { rte_free(qsbr); }

CDPDK_INLINE void cdpdk_qsbr_enter(struct rte_rcu_qsbr *qsbr, unsigned reader)
{
    rte_rcu_qsbr_thread_register(qsbr, reader);
    rte_rcu_qsbr_thread_online(qsbr, reader);
}

CDPDK_INLINE void cdpdk_qsbr_leave(struct rte_rcu_qsbr *qsbr, unsigned reader)
{
    rte_rcu_qsbr_thread_offline(qsbr, reader);
    rte_rcu_qsbr_thread_unregister(qsbr, reader);
}

CDPDK_INLINE void cdpdk_qsbr_quiescent(struct rte_rcu_qsbr *qsbr, unsigned reader)
{
    rte_rcu_qsbr_quiescent(qsbr, reader);
}

CDPDK_INLINE uint64_t cdpdk_qsbr_start(struct rte_rcu_qsbr *qsbr)
{
    return rte_rcu_qsbr_start(qsbr);
}

CDPDK_INLINE _Bool cdpdk_qsbr_passed(struct rte_rcu_qsbr *qsbr, uint64_t token)
{
    return rte_rcu_qsbr_check(qsbr, token, 0) == 1;
}

// --- EAL ---

// fopencookie's callbacks are a struct of function pointers passed by value.
typedef void (*cdpdk_log_sink)(const char *text, size_t length);

static inline ssize_t cdpdk_log_write(void *cookie, const char *text, size_t length)
{
    ((cdpdk_log_sink)cookie)(text, length);
    return (ssize_t)length;
}

// rte_eal_init prints its last words on the terminal, past the log; the log has them too.
static inline int cdpdk_eal_init(int argc, char **argv)
{
    FILE *terminal = stderr;
    FILE *nowhere = fopen("/dev/null", "w");
    if (nowhere != NULL)
        stderr = nowhere;
    int status = rte_eal_init(argc, argv);
    int code = rte_errno;
    stderr = terminal;
    if (nowhere != NULL)
        fclose(nowhere);
    rte_errno = code;
    return status;
}

// Sends DPDK's log to a function instead of stderr and syslog. Returns 0 or a negative errno.
static inline int cdpdk_log_capture(cdpdk_log_sink sink)
{
    cookie_io_functions_t functions = {.write = cdpdk_log_write};
    FILE *stream = fopencookie((void *)sink, "w", functions);
    if (stream == NULL)
        return -errno;
    setvbuf(stream, NULL, _IOLBF, 1024);
    return rte_openlog_stream(stream);
}

CDPDK_INLINE const char *cdpdk_version(void) { return rte_version(); }

CDPDK_INLINE void cdpdk_prefetch(const void *address) { rte_prefetch0(address); }

#endif
