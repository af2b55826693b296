/* fuzz/io_try.h: give bytes to the readers and do with them all that can be done. */
#ifndef RLRA_FUZZ_IO_TRY_H
#define RLRA_FUZZ_IO_TRY_H

#include <stddef.h>
#include <stdint.h>

#include "rlra/context.h"

/* A folder for the files of the trials. */
typedef struct trial {
    char folder[64];
    char ending[16]; /* of the file, for example ".hdr" */
    size_t largest;  /* most bytes that were asked for at once */
    int64_t live;    /* allocations that are not freed: a leak when not 0 after a trial */
    int64_t read, refused;
    char format[16]; /* of what was read last */
    int plain;       /* read as the content declares, not in one of the ways that options offer */
    uint32_t turn;   /* which of the ways to read is tried: follows from the bytes */
} trial;

int trial_open(trial *t, const char *ending);
void trial_close(trial *t);

/* Write the bytes to a file, list it, read each variable in every precision, as text and as a stream. A file of 256 bytes
 * without an ending lies beside it. */
void trial_run(trial *t, const uint8_t *bytes, size_t size);

/* The same for a header of ENVI, which is also found from the data file, and may lie beside several. */
void trial_run_envi(trial *t, const uint8_t *bytes, size_t size);

/* Begin a trial of these bytes, with a context that counts memory; NULL where there is none. */
rlra_context *trial_begin(trial *t, const uint8_t *bytes, size_t size);

/* Write a file of the trial's folder. */
void trial_put(const trial *t, const char *name, const void *bytes, size_t size);

/* A checkpoint of a small fit, from which the fit is resumed. One whose identity is "@N" is of fit N of ours: it gets the identity
 * that this program gives that fit, on this machine. */
void trial_run_checkpoint(trial *t, const uint8_t *bytes, size_t size);

/* Write a checkpoint of fit `number` with the identity "@N" to `bytes`: how long it is, or 0 when there is no such fit. */
size_t trial_make_checkpoint(trial *t, int number, uint8_t *bytes, size_t room);

/* Lines of text as options, priors, names of variables and numbers. */
void trial_run_words(trial *t, const uint8_t *bytes, size_t size);

/* No reader may ask for more: 8 bytes for each byte a deflated byte can stand for, and buffers. */
#define TRIAL_MOST(size) ((size_t)(size)*1032 * 8 + (4 << 20))

#endif
