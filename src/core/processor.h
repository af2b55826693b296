/* core/processor.h: the sets of instructions that kernels are compiled for, and which of them run here. */
#ifndef RLRA_CORE_PROCESSOR_H
#define RLRA_CORE_PROCESSOR_H

/* Best first; the last one runs everywhere. */
enum { PROCESSOR_AVX512, PROCESSOR_AVX2, PROCESSOR_BASELINE, PROCESSOR_SETS };

/* "avx512", "avx2", "baseline". */
const char *rlra_processor_name(int set);

/* Whether this build has the set and this processor can run it. */
int rlra_processor_runs(int set);

/* The set to use: that which RLRA_KERNELS in the environment names, or the best one; -1 if it names none that runs here. */
int rlra_processor_set(void);

#endif
