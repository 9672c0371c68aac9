// SPDX-License-Identifier: Apache-2.0
//
// IPv4 routing in three passes over a burst, as DPDK's example l3fwd does it with rte_lpm and SSE: destinations,
// look-ups of four at a time, new Ethernet headers. Beside `freeway bench --workload route`.
//
// --checks none     nothing is looked at but the destination; the time to live stays as it is
// --checks rfc1812  what l3fwd does when it is built with DO_RFC_1812_CHECKS: type, version, lengths of 20 and
//                   more; time to live and checksum by one, without a look at whether they wrap
// --checks all      what Freeway does: its own MAC, plain header, total length, checksum, addresses that may be
//                   routed, time to live, MTU, a right checksum, no padding, and the sum of the bytes
#include <arpa/inet.h>
#include <smmintrin.h>

#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_lpm.h>

#include "devices.h"

#define HOPS 8
#define INLINE static inline __attribute__((always_inline))

enum checks { NONE, RFC1812, ALL };

struct hop {
    __m128i addresses; // the first 12 bytes of the new header
    uint16_t port;
} __rte_aligned(32);

static struct rte_lpm *table;
static struct hop hops[HOPS];
// For each first byte of an address: 1 if it may not be routed (link-local addresses are left aside).
static uint8_t odd[256];
static uint64_t bytes_in, bytes_out;

static const uint16_t dropped = UINT16_MAX;

// Ones' complement.
INLINE uint64_t add(uint64_t left, uint64_t right)
{
    uint64_t sum = left + right;
    return sum + (sum < left);
}

INLINE bool is_plain(const struct rte_mbuf *mbuf)
{
    const uint8_t *frame = rte_pktmbuf_mtod(mbuf, const uint8_t *);
    uint64_t start, first, second;
    uint32_t third;
    uint16_t type;
    if (mbuf->data_len < RTE_ETHER_HDR_LEN + sizeof(struct rte_ipv4_hdr))
        return false;
    memcpy(&start, frame, 8);
    memcpy(&type, frame + 12, 2);
    memcpy(&first, frame + 14, 8);
    memcpy(&second, frame + 22, 8);
    memcpy(&third, frame + 30, 4);
    // 02:00:00:00:00:01, the MAC of Freeway's port.
    if (start << 16 != 0x0100000000020000 || type != RTE_BE16(RTE_ETHER_TYPE_IPV4) ||
        (uint8_t)first != 0x45)
        return false;
    uint32_t length = rte_bswap32((uint32_t)first) & 0xffff;
    if (length - 20 > mbuf->pkt_len - RTE_ETHER_HDR_LEN - 20)
        return false;
    if (add(add(first, second), third) % 0xffff != 0)
        return false;
    return (odd[second >> 32 & 0xff] | odd[third & 0xff]) == 0;
}

// Takes one off the time to live; returns false for a frame that must not leave.
INLINE bool age(struct rte_mbuf *mbuf, enum checks checks)
{
    uint8_t *frame = rte_pktmbuf_mtod(mbuf, uint8_t *);
    struct rte_ipv4_hdr *header = (struct rte_ipv4_hdr *)(frame + RTE_ETHER_HDR_LEN);
    uint16_t type, length = rte_be_to_cpu_16(header->total_length);
    if (checks == RFC1812) {
        memcpy(&type, frame + 12, 2);
        header->time_to_live--;
        header->hdr_checksum++;
        return type == RTE_BE16(RTE_ETHER_TYPE_IPV4) && (uint8_t)(header->version_ihl - 0x45) <= 10 && length >= 20;
    }
    if (header->time_to_live <= 1 || length > 1500)
        return false;
    header->time_to_live--;
    // RFC 1624: the carry comes back in.
    header->hdr_checksum += 1 + (header->hdr_checksum >= 0xfffe);
    if (unlikely(length + RTE_ETHER_HDR_LEN != (int)mbuf->pkt_len))
        mbuf->pkt_len = mbuf->data_len = length + RTE_ETHER_HDR_LEN;
    return true;
}

INLINE uint64_t sum_of_bytes(struct rte_mbuf **frames, unsigned count)
{
    uint32_t sum = 0;
    while (count > 0)
        sum += frames[--count]->pkt_len;
    return sum;
}

// Sends frames that follow one another to one port together; returns how many left.
INLINE unsigned send_runs(struct rte_mbuf **frames, const uint16_t *ports, unsigned count, enum checks checks)
{
    unsigned left = 0;
    for (unsigned first = 0, end; first < count; first = end) {
        unsigned done = 0;
        for (end = first + 1; end < count && ports[end] == ports[first]; end++)
            ;
        if (checks == ALL)
            bytes_out += sum_of_bytes(frames + first, end - first);
        if (likely(ports[first] != dropped))
            done = rte_eth_tx_burst(ports[first], 0, frames + first, end - first);
        if (unlikely(first + done < end))
            rte_pktmbuf_free_bulk(frames + first + done, end - first - done);
        left += done;
    }
    return left;
}

INLINE unsigned route(struct rte_mbuf **frames, unsigned count, enum checks checks)
{
    // Whole fours, of which the last may be filled up with what was there before.
    static uint32_t destinations[BURST + 4], found[BURST + 4];
    uint16_t ports[BURST];
    uint64_t plain = UINT64_MAX;
    if (checks == ALL)
        bytes_in += sum_of_bytes(frames, count);
    for (unsigned index = 0; index < count; index++) {
        destinations[index] = *rte_pktmbuf_mtod_offset(frames[index], unaligned_uint32_t *, 30);
        if (checks == ALL && unlikely(!is_plain(frames[index])))
            plain &= ~(UINT64_C(1) << index);
    }
    const __m128i swap = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
    for (unsigned index = 0; index < count; index += 4) {
        __m128i four = _mm_loadu_si128((const __m128i *)(destinations + index));
        rte_lpm_lookupx4(table, _mm_shuffle_epi8(four, swap), found + index, 0);
    }
    for (unsigned index = 0; index < count; index++) {
        const struct hop *hop = hops + found[index];
        __m128i *start = rte_pktmbuf_mtod(frames[index], __m128i *);
        _mm_storeu_si128(start, _mm_blend_epi16(_mm_loadu_si128(start), hop->addresses, 0x3f));
        bool leaves = checks == NONE || ((plain >> index & 1) != 0 && age(frames[index], checks));
        ports[index] = likely(leaves) ? hop->port : dropped;
    }
    return send_runs(frames, ports, count, checks);
}

INLINE int loop(enum checks checks)
{
    struct rte_mbuf *frames[BURST];
    uint64_t done = 0;
    while (goes_on(done)) {
        for (uint16_t port = IN; port <= OUT; port++) {
            uint16_t count = rte_eth_rx_burst(port, 0, frames, BURST);
            if (count > 0)
                done += route(frames, count, checks);
        }
        publish(done);
    }
    return 0;
}

// A loop for each, so that none asks what it is to do.
static int work_none(__rte_unused void *unused) { return loop(NONE); }
static int work_rfc1812(__rte_unused void *unused) { return loop(RFC1812); }
static int work_all(__rte_unused void *unused) { return loop(ALL); }

// Lines like "198.18.4.0/22 3": the prefix and the number of its next hop. What has none goes to the first.
static void read_prefixes(int node)
{
    char line[64], text[32];
    unsigned length, hop;
    struct rte_lpm_config config = {.max_rules = 1024, .number_tbl8s = 256};
    table = rte_lpm_create("routes", node, &config);
    FILE *file = fopen(settings.prefixes ? settings.prefixes : "", "r");
    require(table != NULL && file != NULL, "the table needs --prefixes");
    for (struct in_addr address; fgets(line, sizeof line, file) != NULL;)
        require(sscanf(line, "%31[0-9.]/%u %u", text, &length, &hop) == 3 && hop < HOPS &&
                    inet_aton(text, &address) && rte_lpm_add(table, ntohl(address.s_addr), length, hop) == 0,
                line);
    fclose(file);
    for (unsigned number = 0; number < HOPS; number++) {
        hops[number].addresses = _mm_setr_epi8(2, 0, 0, 0, 1, number, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0);
        hops[number].port = OUT;
    }
    for (unsigned first = 0; first < 256; first++)
        odd[first] = first == 0 || first == 127 || first >= 224;
}

int main(int count, char **words)
{
    read_arguments(count, words);
    int node = start_dpdk(words[0]);
    read_prefixes(node);
    start_ports(node);
    if (strcmp(settings.checks, "all") == 0)
        return run(work_all);
    return run(strcmp(settings.checks, "rfc1812") == 0 ? work_rfc1812 : work_none);
}
