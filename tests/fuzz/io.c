/* fuzz/io.c: libFuzzer target of the readers; the format is that of the seeds it is started with:
 *
 *   fuzz_io_npy CORPUS tests/data/io     (one executable for each ending, see io.cmake) */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/io_try.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static trial shared;

static void clean(void)
{
    trial_close(&shared);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (shared.folder[0] == '\0') {
        if (!trial_open(&shared, RLRA_FUZZ_ENDING))
            abort();
        atexit(clean);
    }
    trial_run(&shared, bytes, size);
    if (shared.largest > TRIAL_MOST(size) || shared.live != 0) {
        fprintf(stderr, "a reader asked for %zu bytes for a file of %zu; %lld blocks are not freed\n", shared.largest,
                size, (long long)shared.live);
        abort();
    }
    return 0;
}
