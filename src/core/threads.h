/* core/threads.h: how many threads to use. */
#ifndef RLRA_CORE_THREADS_H
#define RLRA_CORE_THREADS_H

#include <stdint.h>

/* `asked`, or all that OpenMP offers where it is 0; never more than can be of use. */
int rlra_threads(int64_t asked);

/* How many of `wanted` threads the next parallel regions of this thread can have: fewer where the system does not grant them, one
 * in the child of a process that had more. Every region of more than one thread has a number that came from here. */
int rlra_team(int wanted);

/* The same, and how many of them the system does not grant, for a report. */
int rlra_team_counted(int wanted, int64_t *refused);

#endif
