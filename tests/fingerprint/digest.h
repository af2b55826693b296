/* fingerprint/digest.h: 64-bit digests (FNV-1a) of what a fit gives. */
#ifndef TESTS_FINGERPRINT_DIGEST_H
#define TESTS_FINGERPRINT_DIGEST_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#define DIGEST_EMPTY 0xcbf29ce484222325u

static inline uint64_t digest_bytes(uint64_t digest, const void *bytes, size_t count)
{
    const unsigned char *const at = bytes;
    for (size_t k = 0; k < count; k++)
        digest = (digest ^ at[k]) * 0x100000001b3u;
    return digest;
}

/* All NaN are one. */
static inline uint64_t digest_number(uint64_t digest, double number)
{
    const double one = isnan(number) ? (double)NAN : number;
    return digest_bytes(digest, &one, sizeof one);
}

static inline uint64_t digest_text(uint64_t digest, const char *text)
{
    return text == NULL ? digest : digest_bytes(digest, text, strlen(text) + 1);
}

#endif
