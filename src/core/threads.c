/* core/threads.c: how many threads to use, and whether the system grants them.
 *
 * The OpenMP runtime ends the process if it cannot create a thread, and waits forever in the child of a process that has some.
 * So threads are tried before the runtime creates its own, and the child of a process that had a team gets none. */
#include "core/threads.h"

#include <omp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* More threads than this, or than processors, only add cost. */
#define MOST_USEFUL 64

/* More threads than this are never tried: as their list is on a stack that may be small. */
#define MOST_EVER 1024

/* Waits while joined threads still count against the limits of the system. */
#define WAIT_STEPS   200
#define WAIT_SECONDS 5e-5

/* The process that has a team, or 0; per process, like the teams of the runtime. */
static atomic_long owner;

/* The team of this thread in the runtime. */
static _Thread_local struct {
    long process;
    int threads;
} team;

/* Threads that wait until all are created. */
typedef struct trial {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int ends;
} trial;

static void *wait_for_end(void *user)
{
    trial *const t = user;
    pthread_mutex_lock(&t->lock);
    while (!t->ends)
        pthread_cond_wait(&t->changed, &t->lock);
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

/* The number of threads of the process plus 2, from the links of their directory; 0 if the system does not provide it. */
static unsigned long alive(void)
{
    struct stat tasks;
    return stat("/proc/self/task", &tasks) == 0 ? (unsigned long)tasks.st_nlink : 0;
}

static void wait_until_gone(unsigned long before)
{
    const struct timespec step = {.tv_nsec = (long)(1e9 * WAIT_SECONDS)};
    for (int k = 0; k < WAIT_STEPS && (before == 0 || alive() > before); k++)
        nanosleep(&step, NULL);
}

/* How many of `wanted` threads can be created in addition to this one. */
static int try_threads(int wanted)
{
    pthread_t threads[MOST_EVER];
    trial t = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};
    const unsigned long before = alive();
    sigset_t all, mask;
    int made = 0;
    wanted = wanted < MOST_EVER ? wanted : MOST_EVER;
    sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &mask) != 0)
        return 0;
    while (made < wanted && pthread_create(&threads[made], NULL, wait_for_end, &t) == 0)
        made++;
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    pthread_mutex_lock(&t.lock);
    t.ends = 1;
    pthread_cond_broadcast(&t.changed);
    pthread_mutex_unlock(&t.lock);
    for (int k = 0; k < made; k++)
        pthread_join(threads[k], NULL);
    if (made > 0)
        wait_until_gone(before);
    return made;
}

/* Make the runtime create its threads now, while they are granted; it keeps them. */
static void warm_up(int threads)
{
#pragma omp parallel num_threads(threads)
    (void)omp_get_thread_num();
}

int rlra_team(int wanted)
{
    if (wanted < 2)
        return 1;
    const long process = (long)getpid();
    long nobody = 0;
    atomic_compare_exchange_strong(&owner, &nobody, process);
    if (atomic_load(&owner) != process || omp_in_parallel())
        return 1;
    /* A team smaller than the last ends threads that a larger one would have to create again. */
    if (team.process == process && team.threads == wanted)
        return wanted;
    /* The threads of the last team exist, and would count twice if they were tried again. */
    const int held = team.process == process ? team.threads : 1;
    const int threads = wanted > held ? held + try_threads(wanted - held) : wanted;
    if (threads > 1)
        warm_up(threads);
    team.process = process;
    team.threads = threads;
    return threads;
}

int rlra_team_counted(int wanted, int64_t *refused)
{
    const int granted = rlra_team(wanted);
    *refused = wanted > granted ? wanted - granted : 0;
    return granted;
}

int rlra_threads(int64_t asked)
{
    const int limit = omp_get_thread_limit();
    int64_t threads = asked > 0 ? asked : omp_get_max_threads();
    /* The number of processors is asked for where it matters only: the system call takes as long as a small product. */
    if (threads > MOST_USEFUL) {
        const int processors = omp_get_num_procs();
        const int most = processors > MOST_USEFUL ? processors : MOST_USEFUL;
        threads = threads < most ? threads : most;
    }
    return threads < limit ? (int)threads : limit;
}
