// SPDX-License-Identifier: Apache-2.0
//
// Preloaded by check-allocations.py: counts what DPDK's worker threads allocate, by any of the C library's
// functions or by mmap, and writes it to the file that COUNT_ALLOCATIONS names. (DPDK's own heap cannot be
// reached from here, since it is linked in: check-hot-path.py sees to it that no loop calls it.)
// With COUNT_CONTROL set, it counts what all threads but workers allocate.
// With BITE set, each idle round allocates: the proof that this would be seen.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static _Atomic uint64_t calls, bytes;
static _Thread_local int kind; // 1: a worker; 2: another thread
static int counted = 1;        // the kind that counts

// By the names that EAL gives its threads, in this release of DPDK or in another one.
static void count(size_t size)
{
    char name[16] = "";
    if (kind == 0) {
        if (getpid() == gettid())
            kind = 2;
        else if (pthread_getname_np(pthread_self(), name, sizeof name) == 0 &&
                 (strncmp(name, "rte-worker", 10) == 0 || strncmp(name, "lcore-worker", 12) == 0))
            kind = 1;
    }
    // A thread gets its name after it has begun: until then it may still be a worker.
    if (kind == counted || (kind == 0 && counted == 2)) {
        calls++;
        bytes += size;
    }
}

void *malloc(size_t size)
{
    count(size);
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size)
{
    count(number * size);
    return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size)
{
    count(size);
    return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size)
{
    count(size);
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    count(size);
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size)
{
    count(size);
    void *memory = __libc_memalign(alignment, size);
    if (memory == NULL)
        return ENOMEM;
    *result = memory;
    return 0;
}

void *mmap(void *address, size_t size, int protection, int flags, int file, off_t offset)
{
    count(size);
    return (void *)syscall(SYS_mmap, address, size, protection, flags, file, offset);
}

// A worker that shares its CPU calls this in empty rounds.
int sched_yield(void)
{
    static int bites = -1;
    if (bites < 0)
        bites = getenv("BITE") != NULL;
    if (bites)
        free(malloc(64));
    return (int)syscall(SYS_sched_yield);
}

__attribute__((constructor)) static void choose(void)
{
    if (getenv("COUNT_CONTROL") != NULL)
        counted = 2;
}

__attribute__((destructor)) static void report(void)
{
    const char *path = getenv("COUNT_ALLOCATIONS");
    FILE *file = path == NULL ? NULL : fopen(path, "w");
    if (file == NULL)
        return;
    fprintf(file, "{\"calls\": %llu, \"bytes\": %llu}\n", (unsigned long long)calls, (unsigned long long)bytes);
    fclose(file);
}
