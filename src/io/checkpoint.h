/* io/checkpoint.h: the file of a checkpoint: the identity of a fit, its state, and a hash of both.
 *
 * Numbers are of 64 bits, in the byte order of the machine:
 *   "RLRAFIT\n", 0x0102030405060708, 1 (of this layout), bytes of the identity, bytes of the state, identity, state, XXH64. */
#ifndef RLRA_IO_CHECKPOINT_H
#define RLRA_IO_CHECKPOINT_H

#include "core/hash.h"
#include "io/input.h"
#include "io/output.h"

/* Most bytes of an identity. */
#define CHECKPOINT_IDENTITY_BYTES (1 << 20)

typedef struct checkpoint_writer {
    output out;
    hash sum;
    int64_t bytes; /* bytes written so far */
} checkpoint_writer;

/* Begin a file for `state_bytes` bytes of state; it appears at `path` only at the end. */
rlra_status rlra_checkpoint_begin(rlra_context *context, const char *path, const char *identity, size_t state_bytes,
                                  checkpoint_writer *w);
rlra_status rlra_checkpoint_add(checkpoint_writer *w, const void *bytes, size_t size);

/* Sync it to the disk and rename it. The file at `path`, if there is one, becomes `previous`. */
rlra_status rlra_checkpoint_end(checkpoint_writer *w, const char *previous);

/* Discard the file; allowed at any time. */
void rlra_checkpoint_discard(checkpoint_writer *w);

typedef struct checkpoint_reader {
    input in;
    char *identity; /* text that ends with a zero */
    size_t state_bytes;
    int64_t at; /* offset of the next byte of the state */
} checkpoint_reader;

/* Open a checkpoint and check all of it. RLRA_ERR_FORMAT: it is no checkpoint, or damaged. */
rlra_status rlra_checkpoint_open(rlra_context *context, const char *path, checkpoint_reader *r);

/* Read the next bytes of the state. */
rlra_status rlra_checkpoint_read(checkpoint_reader *r, void *to, size_t bytes);

/* Close a reader; also allowed for one that could not be opened, and for {0} with in.fd = -1. */
void rlra_checkpoint_close(checkpoint_reader *r);

#endif
