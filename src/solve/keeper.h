/* solve/keeper.h: who keeps the state of a running fit, so that another run can go on from it; knows no precision and no files. */
#ifndef RLRA_SOLVE_KEEPER_H
#define RLRA_SOLVE_KEEPER_H

#include <stddef.h>
#include <stdint.h>

#include "rlra/status.h"

/* A state is its parts, one after another. */
typedef struct state_part {
    void *at;
    size_t bytes;
} state_part;

typedef struct fit_keeper {
    void *user;
    double every;       /* seconds between two states; 0: after each sweep  */
    size_t state_bytes; /* of a state to go on from; 0: there is none        */
    int64_t resumed;    /* out: sweeps that this state has behind it         */

    /* The next bytes of that state; never more than there are. */
    rlra_status (*read)(void *user, void *to, size_t bytes);

    /* Keep the state after so many sweeps. A failure is the keeper's to tell: the fit goes on. */
    void (*keep)(void *user, int64_t sweeps, int count, const state_part *parts);

    /* No state can be kept any more; the message of the context says why. */
    void (*lose)(void *user);
} fit_keeper;

#endif
