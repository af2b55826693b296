/* core/threads.c: how many threads to use. */
#include "core/threads.h"

#include <omp.h>

int rlra_threads(int64_t asked)
{
    return asked > 0 ? (int)asked : omp_get_max_threads();
}
