/* update/update.h: rules that improve one block (block/block.h): by its quadratic part, or by its data. */
#ifndef RLRA_UPDATE_UPDATE_H
#define RLRA_UPDATE_UPDATE_H

#include <assert.h>

#include "block/block.h"
#include "rlra/options.h"
#include "rlra/registry.h"

typedef struct update_ops {
    rlra_member about;
    unsigned takes;      /* kinds of penalties it can handle, bits of penalty_kind            */
    unsigned losses;     /* kinds of losses that regress() can handle, bits of loss_kind; apply() is for frobenius */
    int needs_nonneg;    /* a nonneg penalty and nonnegative data and start are required      */
    int needs_sparsity;  /* a penalty of kind SPARSITY is required                            */
    int keeps_objective; /* never raises the objective                                        */
    unsigned shapes;     /* bits of block_shape: what blocks may be made of                   */
    int data_rounds;     /* with known slopes, the rule reads the data only in every data_rounds-th round */
    int exact;           /* one application ends at the minimiser                             */

    /* Bytes of scratch that apply() needs for a block of `rows` rows, and doubles of `prepared`; NULL for none. Each thread has
     * its own scratch. */
    size_t (*scratch_bytes)(ptrdiff_t rows, ptrdiff_t rank);
    size_t (*prepared_doubles)(ptrdiff_t rank);

    /* Prepare for a Gram matrix: factorise it, bound its eigenvalues, ..; may be NULL. */
    void (*prepare)(const double *gram, ptrdiff_t rank, const penalty_list *penalties, double *prepared);

    /* Whether the rule takes BLOCK_OWN_GRAMS under these penalties; NULL: under all. */
    int (*own_grams)(const penalty_list *penalties);

    /* Improve a block with a quadratic part in place; NULL for rules of other losses only. */
    void (*apply)(const block *b);

    /* Improve a block with data in place; NULL for rules of the squared loss only. */
    void (*regress)(const block *b);
    size_t (*regress_bytes)(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length);
} update_ops;

/* The shapes that a rule takes under these penalties. */
unsigned RLRA(rule_shapes)(const update_ops *rule, const penalty_list *penalties);

/* Whether a rule takes blocks of all these shapes. */
static inline int rule_takes(const update_ops *rule, unsigned shapes)
{
    return (shapes & ~rule->shapes) == 0;
}

/* Improve a block in place, by its data or else by its quadratic part. */
static inline void rule_improve(const update_ops *rule, const block *b)
{
    assert((RLRA(block_shapes)(b) & ~RLRA(rule_shapes)(rule, b->penalties)) == 0);
    if (b->parts > 0)
        rule->regress(b);
    else
        rule->apply(b);
    rlra_arena_rejoin(b->scratch, b->scratch_bytes);
}

rule_settings RLRA(rule_settings_of)(const rlra_options *options);

/* Member `index`, or NULL past the last. */
const update_ops *RLRA(update_at)(int index);
const update_ops *RLRA(update_find)(const char *name);

#endif
