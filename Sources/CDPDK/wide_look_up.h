// SPDX-License-Identifier: Apache-2.0
//
// Look-ups with vectors of 512 bits: intrinsics that gather are nothing that Swift can express.
#ifndef CDPDK_WIDE_LOOK_UP_H
#define CDPDK_WIDE_LOOK_UP_H

#include <stdint.h>

#ifdef __x86_64__
#include <immintrin.h>

// Looks 16 addresses up in a table of 2^24 entries of 16 bits, and of 256 more for each group that an entry
// names by its highest bit. It reads the two bytes behind an entry too. The processor must have AVX-512F.
static inline __attribute__((target("avx512f"), unused)) void cdpdk_look_up_16(
    const uint16_t *entries, const uint32_t *addresses, uint64_t *values)
{
    const __m512i low16 = _mm512_set1_epi32(0xffff);
    __m512i address = _mm512_loadu_si512(addresses);
    __m512i found =
        _mm512_and_epi32(_mm512_i32gather_epi32(_mm512_srli_epi32(address, 8), entries, 2), low16);
    __mmask16 named = _mm512_test_epi32_mask(found, _mm512_set1_epi32(0x8000));
    if (named != 0) {
        // 0x8000 + group becomes 2^24 + 256 * group: 0x8000 * 256 is 2^23, and another one is missing.
        __m512i index = _mm512_add_epi32(
            _mm512_add_epi32(_mm512_slli_epi32(found, 8), _mm512_set1_epi32(1 << 23)),
            _mm512_and_epi32(address, _mm512_set1_epi32(0xff)));
        found = _mm512_and_epi32(_mm512_mask_i32gather_epi32(found, named, index, entries, 2), low16);
    }
    _mm512_storeu_si512(values, _mm512_cvtepu32_epi64(_mm512_castsi512_si256(found)));
    _mm512_storeu_si512(values + 8, _mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64(found, 1)));
}
#else
// Never called: no other processor has AVX-512.
static inline void cdpdk_look_up_16(
    const uint16_t *entries, const uint32_t *addresses, uint64_t *values)
{
    (void)entries, (void)addresses, (void)values;
}
#endif

#endif
