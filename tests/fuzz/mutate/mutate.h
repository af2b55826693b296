/* fuzz/mutate/mutate.h: change a file so that what guards its parts still fits: readers get past it and meet what was changed.
 *
 * Each mutator takes `size` bytes and leaves at most `room`; of what it does not recognise it changes bytes. */
#ifndef RLRA_FUZZ_MUTATE_H
#define RLRA_FUZZ_MUTATE_H

#include <stddef.h>
#include <stdint.h>

typedef struct mutation {
    uint64_t state;                                           /* of the numbers that are drawn */
    size_t (*bytes)(uint8_t *data, size_t size, size_t room); /* changes some bytes: libFuzzer's, or ours in tests */
} mutation;

typedef size_t (*fuzz_mutator)(mutation *m, uint8_t *data, size_t size, size_t room);

/* Make one out of two files. */
typedef size_t (*fuzz_crossing)(mutation *m, const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                                uint8_t *out, size_t room);

size_t mutate_npy(mutation *m, uint8_t *data, size_t size, size_t room);
size_t mutate_zip(mutation *m, uint8_t *data, size_t size, size_t room);
size_t mutate_matlab(mutation *m, uint8_t *data, size_t size, size_t room);
size_t mutate_matlab4(mutation *m, uint8_t *data, size_t size, size_t room);
size_t mutate_hdf5(mutation *m, uint8_t *data, size_t size, size_t room);
size_t mutate_gzip(mutation *m, uint8_t *data, size_t size, size_t room);
size_t mutate_checkpoint(mutation *m, uint8_t *data, size_t size, size_t room);

size_t cross_zip(mutation *m, const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, uint8_t *out,
                 size_t room);
size_t cross_matlab(mutation *m, const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, uint8_t *out,
                    size_t room);
size_t cross_hdf5(mutation *m, const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, uint8_t *out,
                  size_t room);

/* What mutators are made of. */

/* A number below `below`, which is at least 1. */
uint32_t mutation_draw(mutation *m, uint32_t below);

/* Another number in the place of `old`: a neighbour, a limit, a power of two, or any; `limits` are sizes that matter here. */
uint64_t mutation_number(mutation *m, uint64_t old, uint64_t limit);

/* Numbers of 1 to 8 bytes in a file. */
uint64_t number_get(const uint8_t *at, int bytes, int big);
void number_put(uint8_t *at, int bytes, int big, uint64_t value);

/* Set the number at `at` to another one. */
void mutation_renumber(mutation *m, uint8_t *at, int bytes, int big, uint64_t limit);

/* Bytes that are being made; what does not fit is left out and noted. */
#define BLOB_ROOM ((size_t)1 << 18)
typedef struct blob {
    uint8_t at[BLOB_ROOM];
    size_t size;
    int full;
} blob;

void blob_put(blob *b, const void *bytes, size_t size);
void blob_number(blob *b, int bytes, int big, uint64_t value);

/* Copy the blob to data if it fits there; 0 when not. */
size_t blob_take(const blob *b, uint8_t *data, size_t room);

/* Pack or unpack behind what the blob holds; `window` as zlib has it: 15 zlib, -15 bare, 31 gzip. Whether it worked. */
int blob_pack(blob *b, const uint8_t *bytes, size_t size, int window, int level);
int blob_unpack(blob *b, const uint8_t *bytes, size_t size, int window, size_t *used);

#endif
