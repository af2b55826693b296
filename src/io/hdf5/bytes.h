/* io/hdf5/bytes.h: an HDF5 file as addresses: its superblock, checked reads, little-endian numbers, checksums. */
#ifndef RLRA_IO_HDF5_BYTES_H
#define RLRA_IO_HDF5_BYTES_H

#include <stddef.h>
#include <stdint.h>

#include "io/input.h"

/* The undefined address, for any stored width. */
#define H5_NOWHERE UINT64_MAX

struct h5_cache;

/* The part of the file that was read last, for the many small reads of its structures. */
#define H5_WINDOW_BYTES 4096
typedef struct h5_window {
    int64_t begin;
    size_t bytes;
    unsigned char at[H5_WINDOW_BYTES];
} h5_window;

typedef struct h5_file {
    const input *in;                /* where to read, and the context for messages: see rlra_hdf5_file() */
    rlra_context *context;          /* context of the memory */
    int64_t base;                   /* base of all addresses */
    int offset_bytes, length_bytes; /* bytes of stored addresses and lengths: 2, 4 or 8 */
    uint64_t root;                  /* address of the object header of the root group */
    h5_window window;
    struct h5_cache *cache; /* groups that have been listed: see links.h */
} h5_file;

/* Whether the content is HDF5: its mark is at 0, 512, 1024, .. */
int rlra_h5_detect(const input *in);

/* Read the superblock. The file borrows the input and is closed by rlra_h5_close(), also after a failure. */
rlra_status rlra_h5_open(const input *in, h5_file *file);
void rlra_h5_close(h5_file *file);

/* Read exactly `bytes` bytes at `address`, or fail with RLRA_ERR_FORMAT; never beyond the file. All reads of a file pass
 * through here: their total is limited in proportion to the size of the file, so that a file cannot refer to the same bytes
 * forever. */
rlra_status rlra_h5_read(h5_file *file, uint64_t address, void *buffer, size_t bytes);

/* Read bytes at an address into new memory, freed by rlra_free(); refused before it is allocated if the file is too short. */
rlra_status rlra_h5_load(h5_file *file, uint64_t address, uint64_t bytes, unsigned char **block);

/* Make room for one more entry after `used` ones of `size` bytes. */
rlra_status rlra_h5_grow(h5_file *file, void **list, int *room, int used, size_t size);

/* The position of an address in the input, for data that are read without these functions. RLRA_ERR_FORMAT if `bytes` bytes
 * there exceed the file. */
rlra_status rlra_h5_place(const h5_file *file, uint64_t address, uint64_t bytes, int64_t *offset);

/* A little-endian number of 0 to 8 bytes. */
uint64_t rlra_h5_uint(const unsigned char *at, int bytes);

/* An address stored in offset_bytes: all ones become H5_NOWHERE. */
uint64_t rlra_h5_address(const h5_file *file, const unsigned char *at);

/* A reader of bytes in memory: every take is checked; after the first failure `failed` is set and takes return zeros. */
typedef struct h5_bytes {
    const unsigned char *at, *end;
    int failed;
} h5_bytes;

h5_bytes rlra_h5_bytes(const void *at, size_t bytes);
size_t rlra_h5_left(const h5_bytes *b);
uint64_t rlra_h5_take(h5_bytes *b, int bytes);
/* NULL if there are fewer. */
const unsigned char *rlra_h5_take_block(h5_bytes *b, size_t bytes);
void rlra_h5_skip(h5_bytes *b, size_t bytes);
/* An address or a length in the widths of the file. */
uint64_t rlra_h5_take_address(const h5_file *file, h5_bytes *b);
uint64_t rlra_h5_take_length(const h5_file *file, h5_bytes *b);

/* The bytes that a number up to `most` takes. */
int rlra_h5_bytes_for(uint64_t most);

/* The checksum of structures of version 2, Jenkins' lookup3. */
uint32_t rlra_h5_checksum(const void *bytes, size_t count);

/* Whether the last four of `bytes` are the checksum of those before them. */
int rlra_h5_is_sound(const unsigned char *block, size_t bytes);

/* RLRA_ERR_FORMAT: "'x.h5' is damaged: WHAT at byte N"; without the byte at H5_NOWHERE. */
rlra_status rlra_h5_damaged(const h5_file *file, const char *what, uint64_t address);

#endif
