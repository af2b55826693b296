/* core/processor.c: the sets of instructions that the processor can run, and the choice by RLRA_KERNELS. */
#include "core/processor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rlra/context.h"

static const char *const names[PROCESSOR_SETS] = {
    [PROCESSOR_AVX512] = "avx512",
    [PROCESSOR_AVX2] = "avx2",
    [PROCESSOR_BASELINE] = "baseline",
};

const char *rlra_processor_name(int set)
{
    return names[set];
}

int rlra_processor_runs(int set)
{
#if defined(__x86_64__)
    if (set == PROCESSOR_AVX512)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vl");
    if (set == PROCESSOR_AVX2)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
    return set == PROCESSOR_BASELINE;
}

/* The set that the environment requests, or NULL. */
static const char *wanted(void)
{
    const char *const name = getenv("RLRA_KERNELS");
    return name == NULL || name[0] == '\0' ? NULL : name;
}

int rlra_processor_set(void)
{
    const char *const name = wanted();
    int set = 0;
    while (set < PROCESSOR_SETS && !(rlra_processor_runs(set) && (name == NULL || strcmp(names[set], name) == 0)))
        set++;
    return set < PROCESSOR_SETS ? set : -1;
}

rlra_status rlra_kernels_check(char *sentence, size_t size)
{
    size = sentence == NULL ? 0 : size;
    if (size > 0)
        sentence[0] = '\0';
    if (rlra_processor_set() >= 0)
        return RLRA_OK;
    int known = 0;
    char here[64] = "";
    for (int set = 0; set < PROCESSOR_SETS; set++) {
        known |= strcmp(names[set], wanted()) == 0;
        if (rlra_processor_runs(set))
            snprintf(here + strlen(here), sizeof here - strlen(here), "%s%s", here[0] == '\0' ? "" : ", ", names[set]);
    }
    snprintf(sentence, size, "the environment asks for RLRA_KERNELS=%.64s, %s; here it can be one of: %s", wanted(),
             known ? "which this processor cannot run" : "and there are no kernels of that name", here);
    return RLRA_ERR_UNSUPPORTED;
}
