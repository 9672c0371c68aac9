// SPDX-License-Identifier: Apache-2.0
//
// What a host's VLAN interface does, for a kernel without them: takes the tags of what comes in away, and puts them on
// what goes out. For tc's clsact (direct action); -DOUTER=…, and with two tags -DINNER=…, -DTYPE=… of the outer one.
// Compiled without any header: the two functions are of the kernel's interface (include/uapi/linux/bpf.h, 18 and 19).

struct __sk_buff;
static long (*vlan_push)(struct __sk_buff *, unsigned short type, unsigned short identifier) = (void *)18;
static long (*vlan_pop)(struct __sk_buff *) = (void *)19;

// Types are in network order.
#define SWAPPED(type) ((unsigned short)((type) << 8 | (type) >> 8))

__attribute__((section("tc_push"), used)) int put_on(struct __sk_buff *frame)
{
#ifdef INNER
    vlan_push(frame, SWAPPED(0x8100), INNER);
#endif
    vlan_push(frame, SWAPPED(TYPE), OUTER);
    return 0;
}

__attribute__((section("tc_pop"), used)) int take_off(struct __sk_buff *frame)
{
    vlan_pop(frame);
#ifdef INNER
    vlan_pop(frame);
#endif
    return 0;
}

char of_the_program[] __attribute__((section("license"), used)) = "GPL";
