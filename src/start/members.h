/* start/members.h: a start: one file for each, which fills the factors before their scale is found. */
#ifndef RLRA_START_MEMBERS_H
#define RLRA_START_MEMBERS_H

#include "engine/fit.h"
#include "model/model.h"
#include "rlra/registry.h"
#include "start/list.h"

typedef struct start_ops {
    rlra_member about;
    int reads_data; /* needs an operator for all entries: means stand in for missing ones while it is made */

    /* Refuse what it is no start of, by shapes, ranks and kinds of data alone: a plan asks, too. NULL: takes all. */
    rlra_status (*check)(fit *f);

    /* Fill f->x, or refuse; `model` is what the caller gave. */
    rlra_status (*make)(fit *f, const rlra_model *model);

    /* Memory of its own; NULL: none. */
    double (*bytes)(const fit *f);
} start_ops;

#define DECLARE_START(name) extern const start_ops RLRA(start_##name);
RLRA_START_LIST(DECLARE_START)
#undef DECLARE_START

/* Member `index`, or NULL beyond the last. */
const start_ops *RLRA(start_at)(int index);
const start_ops *RLRA(start_find)(const char *name);

/* Streams of random numbers: one for each factor, from here on. */
#define STREAM_START 0x1000u

/* The single term whose modes are the factors in their order, or NULL: what some starts need. */
fit_term *RLRA(start_term)(fit *f);

/* Refuse problems that have no such term. */
rlra_status RLRA(start_check_term)(fit *f);

/* Whether the leading singular pair is a start: one component, and nothing that could be negative. */
int RLRA(start_has_closed_form)(fit *f);

#endif
