/* core/ahead.c: one worker thread, and a slot for one piece of work. */
#include "core/ahead.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>

struct ahead_thread {
    pthread_t thread;
    int has_thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    void (*work)(void *user); /* to be done or in progress; NULL: none */
    void *user;
    int ends;
};

static void *serve(void *user)
{
    ahead_thread *const a = user;
    pthread_mutex_lock(&a->lock);
    while (!a->ends) {
        if (a->work == NULL) {
            pthread_cond_wait(&a->changed, &a->lock);
            continue;
        }
        pthread_mutex_unlock(&a->lock);
        a->work(a->user);
        pthread_mutex_lock(&a->lock);
        a->work = NULL;
        pthread_cond_broadcast(&a->changed);
    }
    pthread_mutex_unlock(&a->lock);
    return NULL;
}

/* Start the thread with all signals blocked: handlers may expect to run in threads of the caller. */
static int start(ahead_thread *a)
{
    sigset_t all, before;
    sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
        return 0;
    const int started = pthread_create(&a->thread, NULL, serve, a) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

rlra_status rlra_ahead_create(rlra_context *context, ahead_thread **made)
{
    *made = rlra_alloc_zero(context, 1, sizeof **made);
    if (*made == NULL)
        return rlra_fail_memory(context, 1, sizeof **made, "reading ahead");
    pthread_mutex_init(&(*made)->lock, NULL);
    pthread_cond_init(&(*made)->changed, NULL);
    (*made)->has_thread = start(*made);
    return RLRA_OK;
}

void rlra_ahead_destroy(rlra_context *context, ahead_thread *gone)
{
    if (gone == NULL)
        return;
    if (gone->has_thread) {
        rlra_ahead_wait(gone);
        pthread_mutex_lock(&gone->lock);
        gone->ends = 1;
        pthread_cond_broadcast(&gone->changed);
        pthread_mutex_unlock(&gone->lock);
        pthread_join(gone->thread, NULL);
    }
    pthread_cond_destroy(&gone->changed);
    pthread_mutex_destroy(&gone->lock);
    rlra_free(context, gone);
}

void rlra_ahead_begin(ahead_thread *a, void (*work)(void *user), void *user)
{
    pthread_mutex_lock(&a->lock);
    a->user = user;
    a->work = work;
    pthread_cond_broadcast(&a->changed);
    pthread_mutex_unlock(&a->lock);
}

void rlra_ahead_wait(ahead_thread *a)
{
    if (!a->has_thread) {
        if (a->work != NULL)
            a->work(a->user);
        a->work = NULL;
        return;
    }
    pthread_mutex_lock(&a->lock);
    while (a->work != NULL)
        pthread_cond_wait(&a->changed, &a->lock);
    pthread_mutex_unlock(&a->lock);
}
