/* core/hash.h: a 64-bit hash of bytes: XXH64 (Collet, xxHash specification 0.1.1), with seed 0. Detects damage, not
 * manipulation. */
#ifndef RLRA_CORE_HASH_H
#define RLRA_CORE_HASH_H

#include <stddef.h>
#include <stdint.h>

typedef struct hash {
    uint64_t lane[4];
    uint64_t length;
    unsigned char rest[32]; /* bytes that do not yet fill a stripe */
} hash;

void rlra_hash_begin(hash *h);

/* The result does not depend on how bytes are divided among calls. */
void rlra_hash_add(hash *h, const void *bytes, size_t size);

uint64_t rlra_hash_end(const hash *h);

#endif
