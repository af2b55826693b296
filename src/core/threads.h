/* core/threads.h: how many threads to use. */
#ifndef RLRA_CORE_THREADS_H
#define RLRA_CORE_THREADS_H

#include <stdint.h>

/* `asked`, or all that OpenMP offers where it is 0; never more than can be of use. */
int rlra_threads(int64_t asked);

#endif
