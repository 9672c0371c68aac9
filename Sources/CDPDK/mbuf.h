// SPDX-License-Identifier: Apache-2.0
//
// Frames as Swift sees them: struct rte_mbuf is over-aligned, so its fields are reached here.
#ifndef CDPDK_MBUF_H
#define CDPDK_MBUF_H

#include <rte_mbuf.h>
#include <stdint.h>
#include <string.h>

#define CDPDK_INLINE static inline __attribute__((always_inline, unused))

CDPDK_INLINE void *cdpdk_mbuf_data(const struct rte_mbuf *mbuf)
{
    return rte_pktmbuf_mtod(mbuf, void *);
}

CDPDK_INLINE uint16_t cdpdk_mbuf_data_length(const struct rte_mbuf *mbuf) { return mbuf->data_len; }

CDPDK_INLINE uint32_t cdpdk_mbuf_frame_length(const struct rte_mbuf *mbuf) { return mbuf->pkt_len; }

CDPDK_INLINE uint16_t cdpdk_mbuf_segment_count(const struct rte_mbuf *mbuf) { return mbuf->nb_segs; }

CDPDK_INLINE struct rte_mbuf *cdpdk_mbuf_next(const struct rte_mbuf *mbuf) { return mbuf->next; }

CDPDK_INLINE uint16_t cdpdk_mbuf_port(const struct rte_mbuf *mbuf) { return mbuf->port; }

CDPDK_INLINE void cdpdk_mbuf_set_port(struct rte_mbuf *mbuf, uint16_t port) { mbuf->port = port; }

// The private area lies behind the mbuf: its place is a constant for this reader, no load.
CDPDK_INLINE void *cdpdk_mbuf_private_area(struct rte_mbuf *mbuf) { return mbuf + 1; }

CDPDK_INLINE uint16_t cdpdk_mbuf_headroom(const struct rte_mbuf *mbuf) { return mbuf->data_off; }

// Has the frame begin `bytes` later, so that it is as much shorter; earlier where the number is negative, for which
// there must be headroom. The first segment must hold what is taken away.
CDPDK_INLINE void cdpdk_mbuf_move_start(struct rte_mbuf *mbuf, int32_t bytes)
{
    mbuf->data_off = (uint16_t)(mbuf->data_off + bytes);
    mbuf->data_len = (uint16_t)(mbuf->data_len - bytes);
    mbuf->pkt_len = (uint32_t)((int32_t)mbuf->pkt_len - bytes);
}

// Has so many bytes be free in front of the frame, by moving the first segment's bytes where need be; returns 0 where it
// has no room behind them either.
static inline int cdpdk_mbuf_make_headroom(struct rte_mbuf *mbuf, uint16_t bytes)
{
    if (mbuf->data_off >= bytes)
        return 1;
    uint16_t lack = (uint16_t)(bytes - mbuf->data_off);
    if (rte_pktmbuf_tailroom(mbuf) < lack || rte_mbuf_refcnt_read(mbuf) != 1)
        return 0;
    char *data = rte_pktmbuf_mtod(mbuf, char *);
    memmove(data + lack, data, mbuf->data_len);
    mbuf->data_off = (uint16_t)(mbuf->data_off + lack);
    return 1;
}

// Sets the length of a frame of one segment.
CDPDK_INLINE void cdpdk_mbuf_set_length(struct rte_mbuf *mbuf, uint16_t length)
{
    mbuf->data_len = length;
    mbuf->pkt_len = length;
}

// Cuts the frame to a length of at most its own. Segments that are left over are freed; a first
// segment stays, so a frame never vanishes here.
CDPDK_INLINE void cdpdk_mbuf_shorten(struct rte_mbuf *mbuf, uint32_t length)
{
    if (length >= mbuf->pkt_len)
        return;
    if (mbuf->nb_segs == 1) {
        cdpdk_mbuf_set_length(mbuf, (uint16_t)length);
        return;
    }
    uint32_t left = length;
    uint16_t segments = 1;
    struct rte_mbuf *segment = mbuf;
    while (segment->next != NULL && left > segment->data_len) {
        left -= segment->data_len;
        segment = segment->next;
        segments++;
    }
    if (left < segment->data_len)
        segment->data_len = (uint16_t)left;
    struct rte_mbuf *rest = segment->next;
    segment->next = NULL;
    mbuf->nb_segs = segments;
    mbuf->pkt_len = length;
    if (rest != NULL)
        rte_pktmbuf_free(rest);
}

// Moves bytes of the segments behind into the first one, as long as it has room for them, until it has
// `length` of them. Segments that are empty then are freed. DPDK has rte_pktmbuf_linearize for whole frames only.
CDPDK_INLINE void cdpdk_mbuf_gather(struct rte_mbuf *mbuf, uint16_t length)
{
    while (mbuf->data_len < length && mbuf->next != NULL && rte_mbuf_refcnt_read(mbuf) == 1) {
        struct rte_mbuf *next = mbuf->next;
        uint16_t part = (uint16_t)(length - mbuf->data_len);
        if (part > next->data_len)
            part = next->data_len;
        if (part > rte_pktmbuf_tailroom(mbuf))
            return;
        memcpy(rte_pktmbuf_mtod_offset(mbuf, char *, mbuf->data_len),
               rte_pktmbuf_mtod(next, const char *), part);
        mbuf->data_len = (uint16_t)(mbuf->data_len + part);
        if (part < next->data_len) {
            next->data_off = (uint16_t)(next->data_off + part);
            next->data_len = (uint16_t)(next->data_len - part);
            return;
        }
        mbuf->next = next->next;
        mbuf->nb_segs--;
        rte_pktmbuf_free_seg(next);
    }
}

// Copies up to `length` bytes of the frame from `offset` on, across segments; returns how many.
CDPDK_INLINE uint32_t cdpdk_mbuf_copy(
    const struct rte_mbuf *mbuf, uint32_t offset, uint32_t length, void *to)
{
    uint32_t done = 0;
    for (; mbuf != NULL && done < length; mbuf = mbuf->next) {
        if (offset >= mbuf->data_len) {
            offset -= mbuf->data_len;
            continue;
        }
        uint32_t part = mbuf->data_len - offset;
        if (part > length - done)
            part = length - done;
        memcpy((char *)to + done, rte_pktmbuf_mtod_offset(mbuf, const char *, offset), part);
        done += part;
        offset = 0;
    }
    return done;
}

// Copies `length` bytes of a frame from `offset` on into buffers of the same pool, behind `front` bytes that the caller
// writes; NULL when the pool is empty. What is kept beside the frame comes along.
static inline struct rte_mbuf *cdpdk_mbuf_copy_part(
    const struct rte_mbuf *mbuf, uint32_t offset, uint32_t length, uint16_t front)
{
    struct rte_mbuf *part = rte_pktmbuf_copy(mbuf, mbuf->pool, offset, length);
    if (part == NULL)
        return NULL;
    if (rte_pktmbuf_prepend(part, front) == NULL) {
        rte_pktmbuf_free(part);
        return NULL;
    }
    memcpy(part + 1, mbuf + 1, rte_pktmbuf_priv_size(mbuf->pool));
    return part;
}

// Makes a frame of `length` bytes in one segment out of a buffer of the pool; NULL when the pool is
// empty or the frame does not fit.
CDPDK_INLINE struct rte_mbuf *cdpdk_mbuf_make(
    struct rte_mempool *pool, const void *bytes, uint16_t length)
{
    struct rte_mbuf *mbuf = rte_pktmbuf_alloc(pool);
    if (mbuf == NULL)
        return NULL;
    char *to = rte_pktmbuf_append(mbuf, length);
    if (to == NULL) {
        rte_pktmbuf_free(mbuf);
        return NULL;
    }
    memcpy(to, bytes, length);
    return mbuf;
}

// Appends bytes to a chain of mbufs under construction, over as many more buffers as that takes; returns
// the last segment, or NULL when the pool has too few.
static inline struct rte_mbuf *cdpdk_mbuf_append(
    struct rte_mempool *pool, struct rte_mbuf *head, struct rte_mbuf *last, const char *bytes,
    uint32_t length)
{
    while (length > 0) {
        uint32_t room = rte_pktmbuf_tailroom(last);
        if (room == 0) {
            struct rte_mbuf *more = rte_pktmbuf_alloc(pool);
            if (more == NULL)
                return NULL;
            last->next = more;
            head->nb_segs++;
            last = more;
            continue;
        }
        uint32_t part = length < room ? length : room;
        memcpy(rte_pktmbuf_mtod_offset(last, char *, last->data_len), bytes, part);
        last->data_len = (uint16_t)(last->data_len + part);
        head->pkt_len += part;
        bytes += part;
        length -= part;
    }
    return last;
}

// Makes a frame that a port received out of two runs of bytes, of which the second may be empty; NULL when
// the pool has too few buffers.
CDPDK_INLINE struct rte_mbuf *cdpdk_mbuf_assemble(
    struct rte_mempool *pool, uint16_t port, const void *first, uint32_t first_length,
    const void *second, uint32_t second_length)
{
    struct rte_mbuf *head = rte_pktmbuf_alloc(pool);
    if (head == NULL)
        return NULL;
    head->port = port;
    struct rte_mbuf *last = cdpdk_mbuf_append(pool, head, head, (const char *)first, first_length);
    if (last != NULL)
        last = cdpdk_mbuf_append(pool, head, last, (const char *)second, second_length);
    if (last == NULL) {
        rte_pktmbuf_free(head);
        return NULL;
    }
    return head;
}

#endif
