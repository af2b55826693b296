/* core/threads.h: how many threads to use. */
#ifndef RLRA_CORE_THREADS_H
#define RLRA_CORE_THREADS_H

#include <stdint.h>

/* `asked`, or all that OpenMP offers if it is 0; never more than are useful. */
int rlra_threads(int64_t asked);

/* How many of `wanted` threads the next parallel regions of this thread can have: fewer if the system does not grant them, one
 * in the child of a process that had more. Every region of more than one thread must get its number here. */
int rlra_team(int wanted);

/* Like rlra_team(); `refused` gets the number that the system does not grant, for a report. */
int rlra_team_counted(int wanted, int64_t *refused);

#endif
