/* core/threads.c: how many threads to use, and that they can be had.
 *
 * The OpenMP runtime ends the process where it cannot make a thread, and waits for ever in the child of a process that has some.
 * So threads are tried before the runtime makes its own, and the child of a process that had a team gets none. */
#include "core/threads.h"

#include <omp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* More threads than this, and than processors, only cost. */
#define MOST_USEFUL 64

/* More threads than this are never tried: their list is on a stack that may be small. */
#define MOST_EVER 1024

/* A thread that has been joined counts against the limits of the system for a moment more. */
#define WAIT_STEPS   200
#define WAIT_SECONDS 5e-5

/* The process that has a team, or 0: a property of the process, as the runtime's teams are. */
static atomic_long owner;

/* The team that the runtime has for this thread. */
static _Thread_local struct {
    long process;
    int threads;
} team;

/* Threads that do nothing until all are there. */
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

/* How many threads the process has, and 2; 0 where the system does not say. */
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

/* How many of `wanted` threads there can be beside this one. */
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

/* Let the runtime make its threads now, while there is room for them; it keeps them. */
static void warm_up(int threads)
{
#pragma omp parallel num_threads(threads)
    (void)omp_get_thread_num();
}

int rlra_team(int wanted)
{
    const long process = (long)getpid();
    long nobody = 0;
    if (wanted < 2)
        return 1;
    atomic_compare_exchange_strong(&owner, &nobody, process);
    if (atomic_load(&owner) != process || omp_in_parallel())
        return 1;
    /* A smaller team than the last lets threads go that a larger one would have to make again. */
    if (team.process == process && team.threads == wanted)
        return wanted;
    /* Those of the last team are there; asked anew beside them, as many would count twice. */
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
    const int processors = omp_get_num_procs();
    const int useful = processors > MOST_USEFUL ? processors : MOST_USEFUL;
    const int most = useful < omp_get_thread_limit() ? useful : omp_get_thread_limit();
    if (asked <= 0)
        return omp_get_max_threads() < most ? omp_get_max_threads() : most;
    return asked < most ? (int)asked : most;
}
