// SPDX-License-Identifier: Apache-2.0
//
// A function of C, as DPDK's are, that allocates: check-hot-path.py must find it through its caller in Swift.
#include <stdint.h>
#include <stdlib.h>

__attribute__((noinline)) static void *deeper(uint64_t count) { return malloc(count); }

uint64_t reach(uint64_t count) { return (uint64_t)(uintptr_t)deeper(count); }
