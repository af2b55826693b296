/* fuzz/io_try.h: give bytes to the readers as a file and do with it all that can be done. */
#ifndef RLRA_FUZZ_IO_TRY_H
#define RLRA_FUZZ_IO_TRY_H

#include <stddef.h>
#include <stdint.h>

/* A folder for the files of the trials. */
typedef struct trial {
    char folder[64];
    char ending[16]; /* of the file, for example ".hdr" */
    size_t largest;  /* most bytes that were asked for at once */
    int64_t live;    /* allocations that are not freed: a leak when not 0 after a trial */
    int64_t read, refused;
    int plain;     /* read as the content says, not in one of the ways that options offer */
    uint32_t turn; /* which of the ways to read is tried: follows from the bytes */
} trial;

int trial_open(trial *t, const char *ending);
void trial_close(trial *t);

/* Write the bytes to a file, list it, read each variable as f64, f32 and as text. ENVI headers get a small data file. */
void trial_run(trial *t, const uint8_t *bytes, size_t size);

/* No reader may ask for more: 8 bytes for each byte a deflated byte can stand for, and buffers. */
#define TRIAL_MOST(size) ((size_t)(size)*1032 * 8 + (4 << 20))

#endif
