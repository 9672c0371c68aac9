// SPDX-License-Identifier: Apache-2.0
//
// What io.c and l3fwd.c share: the devices and the memory that `freeway bench` has, and a worker that its
// caller can ask how many frames have left.
#ifndef DEVICES_H
#define DEVICES_H

#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>
#include <rte_mbuf_pool_ops.h>
#include <rte_mempool.h>

#define BURST 64

enum { IN, OUT };

static struct {
    bool huge;
    const char *capture, *sink, *prefixes, *checks;
    unsigned mbufs;
    uint64_t frames;
} settings = {.huge = true, .sink = "net_null1,no-rx=1", .checks = "none", .mbufs = 16384};

// Frames that have left: written by the worker, for each burst; and how many there are to be.
static uint64_t sent __rte_cache_aligned;
static uint64_t limit __rte_cache_aligned = UINT64_MAX;

static inline bool goes_on(uint64_t done) { return done < __atomic_load_n(&limit, __ATOMIC_RELAXED); }

static inline void publish(uint64_t done) { __atomic_store_n(&sent, done, __ATOMIC_RELAXED); }

static void require(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "%s: %s\n", what, rte_strerror(rte_errno));
    exit(1);
}

static void read_arguments(int count, char **words)
{
    static const struct option options[] = {
        {"pages", required_argument, NULL, 'p'},  {"capture", required_argument, NULL, 'c'},
        {"sink", required_argument, NULL, 's'},   {"mbufs", required_argument, NULL, 'm'},
        {"frames", required_argument, NULL, 'f'}, {"prefixes", required_argument, NULL, 'x'},
        {"checks", required_argument, NULL, 'k'}, {0}};
    for (int option; (option = getopt_long(count, words, "", options, NULL)) != -1;) {
        switch (option) {
        case 'p': settings.huge = strcmp(optarg, "ordinary") != 0; break;
        case 'c': settings.capture = optarg; break;
        case 's': settings.sink = optarg; break;
        case 'm': settings.mbufs = (unsigned)atoi(optarg); break;
        case 'f': settings.frames = strtoull(optarg, NULL, 10); break;
        case 'x': settings.prefixes = optarg; break;
        case 'k': settings.checks = optarg; break;
        default: exit(64);
        }
    }
    if (settings.capture != NULL)
        return;
    fprintf(stderr,
            "usage: %s --capture FILE [--pages huge|ordinary] [--mbufs N] [--sink DEVICE] [--frames N]\n"
            "l3fwd: --prefixes FILE [--checks none|rfc1812|all]\n"
            "Without --frames it runs until its input ends, and says for each line how many frames left.\n",
            words[0]);
    exit(64);
}

// Ordinary memory that the kernel is asked to put on pages of 2 MB, as Freeway has it: on the pages of 4 KB that
// DPDK takes without huge pages all headers fall into one set of the first cache. Returns its number as a node.
static int make_heap(void)
{
    const size_t page = 2 << 20, bytes = 256 << 20;
    char *mapped = mmap(NULL, bytes + page, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    require(mapped != MAP_FAILED, "mmap");
    char *memory = (char *)(((uintptr_t)mapped + page - 1) & ~(uintptr_t)(page - 1));
    madvise(memory, bytes, MADV_HUGEPAGE);
    require(rte_malloc_heap_create("bench") == 0, "rte_malloc_heap_create");
    require(rte_malloc_heap_memory_add("bench", memory, bytes, NULL, bytes / page, page) == 0,
            "rte_malloc_heap_memory_add");
    return rte_malloc_heap_get_socket("bench");
}

// Starts DPDK with a worker on the second CPU. Returns the node that pools and tables go to.
static int start_dpdk(char *program)
{
    char source[512], prefix[32];
    snprintf(source, sizeof source, "net_pcap0,rx_pcap=%s,infinite_rx=1", settings.capture);
    snprintf(prefix, sizeof prefix, "bench-%d", getpid());
    char *words[] = {program, "--lcores", "0@0,1@1", "-m", "128", "--no-telemetry", "--no-pci",
                     "--log-level", "error", "--file-prefix", prefix, "--vdev", source, "--vdev",
                     (char *)settings.sink, settings.huge ? "--in-memory" : "--no-huge",
                     settings.huge ? NULL : "--no-shconf", NULL};
    int count = 0;
    while (words[count] != NULL)
        count++;
    require(rte_eal_init(count, words) >= 0, "rte_eal_init");
    return settings.huge ? 0 : make_heap();
}

// A pool like Freeway's: 64 bytes behind each header, and a cache of 256 for each lcore.
static struct rte_mempool *make_pool(int node)
{
    struct rte_pktmbuf_pool_private details = {
        .mbuf_data_room_size = RTE_PKTMBUF_HEADROOM + 2048, .mbuf_priv_size = 64};
    struct rte_mempool *pool = rte_mempool_create_empty(
        "packets", settings.mbufs, sizeof(struct rte_mbuf) + 64 + details.mbuf_data_room_size, 256,
        sizeof details, node, settings.huge ? 0 : RTE_MEMPOOL_F_NO_IOVA_CONTIG);
    require(pool != NULL, "rte_mempool_create_empty");
    require(rte_mempool_set_ops_byname(pool, rte_mbuf_best_mempool_ops(), NULL) == 0,
            "rte_mempool_set_ops_byname");
    rte_pktmbuf_pool_init(pool, &details);
    require(rte_mempool_populate_default(pool) > 0, "rte_mempool_populate_default");
    rte_mempool_obj_iter(pool, rte_pktmbuf_init, NULL);
    return pool;
}

static void start_ports(int node)
{
    struct rte_mempool *pool = make_pool(node);
    for (uint16_t port = IN; port <= OUT; port++) {
        struct rte_eth_dev_info info;
        require(rte_eth_dev_info_get(port, &info) == 0, "rte_eth_dev_info_get");
        struct rte_eth_conf conf = {
            .txmode.offloads = info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MULTI_SEGS};
        require(rte_eth_dev_configure(port, 1, 1, &conf) == 0 &&
                    rte_eth_rx_queue_setup(port, 0, 256, SOCKET_ID_ANY, NULL, pool) == 0 &&
                    rte_eth_tx_queue_setup(port, 0, 256, SOCKET_ID_ANY, NULL) == 0 &&
                    rte_eth_dev_start(port) == 0,
                "a port does not start");
    }
}

// Has the worker run to the end of what was asked for.
static int run(lcore_function_t *work)
{
    char line[64];
    if (settings.frames > 0)
        limit = settings.frames;
    rte_eal_remote_launch(work, NULL, 1);
    while (settings.frames == 0 && fgets(line, sizeof line, stdin) != NULL) {
        printf("%" PRIu64 "\n", __atomic_load_n(&sent, __ATOMIC_RELAXED));
        fflush(stdout);
    }
    if (settings.frames == 0)
        __atomic_store_n(&limit, 0, __ATOMIC_RELAXED);
    rte_eal_wait_lcore(1);
    struct rte_eth_stats in, out;
    rte_eth_stats_get(IN, &in);
    rte_eth_stats_get(OUT, &out);
    rte_eth_dev_stop(IN);
    rte_eth_dev_stop(OUT);
    rte_eal_cleanup();
    if (in.ipackets == sent && out.opackets == sent)
        return 0;
    fprintf(stderr, "%" PRIu64 " frames came in, and %" PRIu64 " left\n", in.ipackets, out.opackets);
    return 1;
}

#endif
