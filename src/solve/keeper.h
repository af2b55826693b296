/* solve/keeper.h: the interface for keeping states of a running fit, from which another run can resume; independent of
 * precision and files. */
#ifndef RLRA_SOLVE_KEEPER_H
#define RLRA_SOLVE_KEEPER_H

#include <stddef.h>
#include <stdint.h>

#include "rlra/status.h"

/* One part of a state, which is the sequence of its parts. */
typedef struct state_part {
    void *at;
    size_t bytes;
} state_part;

typedef struct fit_keeper {
    void *user;
    double every;       /* seconds between two states; 0: after each sweep  */
    size_t state_bytes; /* bytes of a state to resume from; 0: there is none */
    int64_t resumed;    /* out: sweeps done before that state                */

    /* Read the next bytes of that state; never more than there are. */
    rlra_status (*read)(void *user, void *to, size_t bytes);

    /* Keep the state after `sweeps` sweeps. The keeper reports failures; the fit continues. */
    void (*keep)(void *user, int64_t sweeps, int count, const state_part *parts);

    /* Called when states can no longer be kept; the message of the context has the reason. */
    void (*lose)(void *user);
} fit_keeper;

#endif
