/* fuzz/targets.c: the table of all that is fuzzed. */
#include "fuzz/targets.h"

#include <stdio.h>
#include <string.h>

const fuzz_target fuzz_targets[] = {
    {"npy", ".npy", trial_run, mutate_npy, NULL, "io/npy*.c"},
    {"scipy", ".npz", trial_run, mutate_zip, cross_zip, "io/scipy*.c"},
    {"npz", ".npz", trial_run, mutate_zip, cross_zip, "io/npz*.c io/zip*.c"},
    {"mat", ".mat", trial_run, mutate_matlab, cross_matlab,
     "io/matlab/mat.c io/matlab/element.c io/matlab/struct.c io/matlab/sparse.c"},
    {"mat73", ".mat", trial_run, mutate_hdf5, cross_hdf5, "io/matlab/mat73*.c"},
    {"hdf5", ".h5", trial_run, mutate_hdf5, cross_hdf5, "io/hdf5/*.c"},
    {"octave", ".txt", trial_run, NULL, NULL, "io/octave*.c"},
    {"toolbox", ".tns", trial_run, NULL, NULL, "io/toolbox.c"},
    {"mtx", ".mtx", trial_run, NULL, NULL, "io/mtx.c io/lines.c"},
    {"tns", ".tns", trial_run, NULL, NULL, "io/tns.c io/lines.c"},
    {"mat4", ".mat", trial_run, mutate_matlab4, NULL, "io/matlab/mat4.c"},
    {"envi", ".hdr", trial_run_envi, NULL, NULL, "io/envi*.c io/calibration.c"},
    {"csv", ".csv", trial_run, NULL, NULL, "io/csv/*.c"},
    {"packed", ".csv", trial_run, mutate_gzip, NULL, "io/unpack.c io/recode.c"},
    {"checkpoint", "", trial_run_checkpoint, mutate_checkpoint, NULL, "io/checkpoint.c solve/resume.c"},
    {"words", ".txt", trial_run_words, NULL, NULL, "core/number.c api/options.c io/variables.c"},
};

const int fuzz_target_count = sizeof fuzz_targets / sizeof fuzz_targets[0];

const fuzz_target *fuzz_target_find(const char *name)
{
    for (int k = 0; name != NULL && k < fuzz_target_count; k++)
        if (strcmp(fuzz_targets[k].name, name) == 0)
            return &fuzz_targets[k];
    return NULL;
}

int fuzz_target_run(const fuzz_target *target, trial *t, const uint8_t *bytes, size_t size)
{
    target->run(t, bytes, size);
    if (t->largest <= TRIAL_MOST(size) && t->live == 0)
        return 1;
    fprintf(stderr, "%s: asked for %zu bytes for a file of %zu; %lld blocks are not freed\n", target->name, t->largest,
            size, (long long)t->live);
    return 0;
}
