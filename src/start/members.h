/* start/members.h: the family of starts, one file for each; a start fills the factors before they are scaled. */
#ifndef RLRA_START_MEMBERS_H
#define RLRA_START_MEMBERS_H

#include "engine/fit.h"
#include "model/model.h"
#include "rlra/registry.h"
#include "start/list.h"

typedef struct start_ops {
    rlra_member about;
    int reads_data; /* needs all entries: missing ones are replaced by means while it runs */

    /* Refuse problems that it cannot start, by shapes, ranks and kinds of data alone, as plans call it too. NULL: takes all. */
    rlra_status (*check)(fit *f);

    /* Fill f->x, or refuse; `model` is that of the caller. */
    rlra_status (*make)(fit *f, const rlra_model *model);

    /* Put the start that it becomes, which depends on the data, into f->start without making it; NULL: itself. */
    rlra_status (*settle)(fit *f);

    /* Bytes of additional memory; NULL: none. */
    double (*bytes)(const fit *f);
} start_ops;

#define DECLARE_START(name) extern const start_ops RLRA(start_##name);
RLRA_START_LIST(DECLARE_START)
#undef DECLARE_START

/* Member `index`, or NULL past the last. */
const start_ops *RLRA(start_at)(int index);
const start_ops *RLRA(start_find)(const char *name);

/* Streams of random numbers: one for each factor, from here on. */
#define STREAM_START 0x1000u

/* The term of a problem with a single term whose modes are the factors in order, which some starts need; else NULL. */
fit_term *RLRA(start_term)(fit *f);

/* Refuse problems that have no such term. */
rlra_status RLRA(start_check_term)(fit *f);

/* Whether the leading singular pair is a start: one component, and no negative entries. */
int RLRA(start_has_closed_form)(fit *f);

/* Whether rows and columns of the data can be read: dense, order 2, all entries known. */
int RLRA(start_can_sample)(fit *f);

#endif
