/* fuzz/targets.h: the table of all that is fuzzed; each format of the registry has a row. */
#ifndef RLRA_FUZZ_TARGETS_H
#define RLRA_FUZZ_TARGETS_H

#include "fuzz/io_try.h"
#include "fuzz/mutate/mutate.h"

typedef struct fuzz_target {
    const char *name;   /* of its corpus and its dictionary; that of the format, if it is one */
    const char *ending; /* of the file that the bytes are given as */
    void (*run)(trial *t, const uint8_t *bytes, size_t size);
    fuzz_mutator mutate; /* NULL: bytes and dictionary suffice */
    fuzz_crossing cross; /* or NULL */
    const char *sources; /* of the reader itself, patterns below src/: its coverage is reported */
} fuzz_target;

extern const fuzz_target fuzz_targets[];
extern const int fuzz_target_count;

/* The row of this name, or NULL. */
const fuzz_target *fuzz_target_find(const char *name);

/* Run the bytes and check the memory: 1 when all is well, or 0 with a line on stderr. */
int fuzz_target_run(const fuzz_target *target, trial *t, const uint8_t *bytes, size_t size);

#endif
