// SPDX-License-Identifier: Apache-2.0
//
// Linux's packet sockets, TAPs and interface settings as Swift sees them. Only what the importer cannot
// take over by itself is written here: macros with casts or operators, and variadic functions. No policy.
//
// Without `_GNU_SOURCE`: with it glibc names the members of `fd_set` otherwise than in Swift's own module of
// glibc, and whether the importer minds depends on which of the two it happens to load first.
#ifndef CLINUX_H
#define CLINUX_H

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/sockios.h>
#include <linux/virtio_net.h>

#define CLINUX_INLINE static inline __attribute__((always_inline, unused))

// The layout that the ring's reader relies on.
_Static_assert(offsetof(struct tpacket2_hdr, tp_status) == 0, "the status comes first");
_Static_assert(sizeof(struct virtio_net_hdr) == 10, "what stands in front of a frame");

static const int clinux_packet_ring_address_offset = TPACKET_ALIGN(sizeof(struct tpacket2_hdr));
// VIRTIO_NET_HDR_GSO_UDP_L4, which headers have since Linux 6.2.
static const int clinux_gso_udp = 5;
static const unsigned long clinux_tun_set_interface = TUNSETIFF;
static const unsigned long clinux_tun_get_interface = TUNGETIFF;
static const unsigned long clinux_tun_get_namespace = TUNGETDEVNETNS;
static const unsigned long clinux_tun_set_carrier = TUNSETCARRIER;

// What an interface's ioctl takes: the name, then one of several values. `struct ifreq` itself comes from
// headers that glibc and Linux both define.
struct clinux_interface_request {
    char name[16];
    union {
        int number;
        short flags;
        void *data;
        struct sockaddr address;
        char room[24];
    } value;
};

CLINUX_INLINE int clinux_interface_ioctl(
    int descriptor, unsigned long request, struct clinux_interface_request *interface)
{
    return ioctl(descriptor, request, interface);
}

// `struct ucred` of unix(7), which glibc has and the importer does not find.
struct clinux_credentials {
    pid_t process;
    uid_t user;
    gid_t group;
};

// `struct mmsghdr` and sendmmsg(2): glibc has them with `_GNU_SOURCE` alone.
struct clinux_message {
    struct msghdr header;
    unsigned int sent_bytes;
};

CLINUX_INLINE int clinux_send_messages(
    int descriptor, struct clinux_message *messages, unsigned int count, int flags)
{
    return (int)syscall(SYS_sendmmsg, descriptor, messages, count, flags);
}

// Moves the calling thread to a network namespace: setns(2).
CLINUX_INLINE int clinux_enter_network_namespace(int descriptor)
{
    return (int)syscall(SYS_setns, descriptor, CLONE_NEWNET);
}

#endif
