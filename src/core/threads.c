/* core/threads.c: how many threads to use. */
#include "core/threads.h"

#include <omp.h>

/* More threads than this, and than processors, only cost; the OpenMP runtime ends the process where it cannot make them. */
#define MOST_USEFUL 64

int rlra_threads(int64_t asked)
{
    const int processors = omp_get_num_procs();
    const int useful = processors > MOST_USEFUL ? processors : MOST_USEFUL;
    const int most = useful < omp_get_thread_limit() ? useful : omp_get_thread_limit();
    if (asked <= 0)
        return omp_get_max_threads() < most ? omp_get_max_threads() : most;
    return asked < most ? (int)asked : most;
}
