/* start/closed_form.c: the best component of nonnegative data, for rank one. */
#include "core/check.h"
#include "start/members.h"
#include "start/rank_one.h"

int RLRA(start_has_closed_form)(fit *f)
{
    const fit_term *const term = RLRA(start_term)(f);
    return f->partial.data == NULL && term != NULL && term->x->order == 2 && f->widest == 1 && !(term->x->least < 0);
}

static rlra_status check(fit *f)
{
    rlra_status status = RLRA_OK;
    TRY(RLRA(start_check_term)(f));
    REQUIRE(RLRA(start_has_closed_form)(f),
            rlra_fail(f->context, RLRA_ERR_UNSUPPORTED,
                      "init 'rank_one' needs a whole matrix without negative entries and rank 1: use 'nndsvdar' or "
                      "'random'"));
cleanup:
    return status;
}

static rlra_status make(fit *f, const rlra_model *model)
{
    (void)model;
    fit_term *const term = RLRA(start_term)(f);
    int64_t rounds;
    double rest;
    return RLRA(rank_one_leading)(f->context, term->x, f->threads, f->x[term->factors[0]], f->x[term->factors[1]],
                                  &rounds, &rest);
}

static double bytes(const fit *f)
{
    return RLRA(rank_one_bytes)(f->term[0].x, f->threads);
}

const start_ops RLRA(start_rank_one) = {
    .about = {"rank_one", "the best component of data >= 0, rank 1: leading singular pair", "order-2",
              "Eckart & Young 1936"},
    .reads_data = 1,
    .check = check,
    .make = make,
    .bytes = bytes,
};
