/* clock.c: loaded before a program (LD_PRELOAD), it makes the clock that only goes forward that of the process: CPU seconds over
 * all threads. For machines that are shared, where elapsed time measures the others. */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *now)
{
    return (int)syscall(SYS_clock_gettime, clock == CLOCK_MONOTONIC ? CLOCK_PROCESS_CPUTIME_ID : clock, now);
}
