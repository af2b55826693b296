/* start/from_sample.c: columns that SNPA picks of a sample, and the coefficients of all columns; random where they do not fit. */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "core/check.h"
#include "linalg/quadratic.h"
#include "start/members.h"
#include "start/sample.h"

/* Columns whose coefficients are found one from the other; results do not depend on which thread takes them. */
#define BLOCK 256

/* Whether the start takes the problem: a dense matrix of which all entries are known. */
int RLRA(start_can_sample)(fit *f)
{
    const fit_term *const term = RLRA(start_term)(f);
    return term != NULL && term->x->order == 2 && f->partial.data == NULL &&
           (term->x->array != NULL || term->x->file != NULL);
}

static rlra_status check(fit *f)
{
    rlra_status status = RLRA_OK;
    TRY(RLRA(start_check_term)(f));
    REQUIRE(RLRA(start_can_sample)(f),
            rlra_fail(f->context, RLRA_ERR_UNSUPPORTED,
                      "init 'snpa_sample' picks columns of a dense matrix without missing entries: use 'nndsvdar' or "
                      "'random'"));
cleanup:
    return status;
}

/* Doubles of one thread. */
static size_t room_of(ptrdiff_t rank)
{
    return (2 * (size_t)rank * sizeof(double) + rlra_quadratic_bytes(rank) + 63) / 64 * 64;
}

/* The exact coefficients of each column; h holds its products with the picked ones. */
static void solve(const fit *f, const double *gram, factor h, char *rooms)
{
    const ptrdiff_t rank = h.rank, blocks = (h.length + BLOCK - 1) / BLOCK;
#pragma omp parallel for num_threads(f->threads) schedule(static)
    for (ptrdiff_t b = 0; b < blocks; b++) {
        double *const product = (double *)(void *)(rooms + (size_t)omp_get_thread_num() * room_of(rank));
        double *const weight = product + rank;
        quadratic q;
        rlra_quadratic_init(&q, rank, gram, rank, (double)REAL_EPS, weight + rank);
        memset(weight, 0, (size_t)rank * sizeof *weight);
        const ptrdiff_t end = (b + 1) * BLOCK < h.length ? (b + 1) * BLOCK : h.length;
        for (ptrdiff_t j = b * BLOCK; j < end; j++) {
            for (ptrdiff_t k = 0; k < rank; k++)
                product[k] = (double)h.at[k * h.stride + j];
            rlra_quadratic_solve(&q, product, weight);
            for (ptrdiff_t k = 0; k < rank; k++)
                h.at[k * h.stride + j] = (real)weight[k];
        }
    }
}

/* The picked columns, and the coefficients of all. */
static rlra_status fill(fit *f, const ptrdiff_t *picked)
{
    rlra_status status = RLRA_OK;
    fit_term *const term = RLRA(start_term)(f);
    const factor w = f->x[term->factors[0]], h = f->x[term->factors[1]], model[2] = {w, h};
    char *const rooms = rlra_alloc(f->context, (size_t)f->threads, room_of(w.rank));
    REQUIRE(rooms != NULL, rlra_fail_memory(f->context, (size_t)f->threads, room_of(w.rank), "the start"));
    const places columns = {{NULL, picked}, {w.length, w.rank}};
    TRY(RLRA(sample_read)(term->x, columns, w.at, 1, w.stride));
    RLRA(fit_gram)(f, term->factors[0]);
    term->x->ops->contract(&term->plan, 1, model, h);
    solve(f, f->gram[term->factors[0]], h, rooms);
    status = term->x->status;
cleanup:
    rlra_free(f->context, rooms);
    return status;
}

/* Columns of a sample, for as many components as there are; or the random start, in f->start, where they do not fit. */
static rlra_status pick(fit *f, ptrdiff_t **picked)
{
    rlra_status status = RLRA_OK;
    ptrdiff_t found = 0;
    *picked = rlra_alloc(f->context, (size_t)f->widest, sizeof **picked);
    REQUIRE(*picked != NULL, rlra_fail_memory(f->context, (size_t)f->widest, sizeof **picked, "the start"));
    TRY(RLRA(sample_pick)(f->context, f->term[0].x, f->widest, (uint64_t)f->options.seed, *picked, &found));
    if (found < f->widest)
        f->start = &RLRA(start_random);
cleanup:
    return status;
}

static rlra_status settle(fit *f)
{
    ptrdiff_t *picked = NULL;
    const rlra_status status = pick(f, &picked);
    rlra_free(f->context, picked);
    return status;
}

static rlra_status make(fit *f, const rlra_model *model)
{
    rlra_status status = RLRA_OK;
    ptrdiff_t *picked = NULL;
    TRY(pick(f, &picked));
    TRY(f->start == &RLRA(start_random) ? f->start->make(f, model) : fill(f, picked));
cleanup:
    rlra_free(f->context, picked);
    return status;
}

static double bytes(const fit *f)
{
    const double sample = RLRA(sample_bytes)(f->term[0].x, f->widest);
    const double solving = sample > 0 ? (double)f->threads * (double)room_of(f->widest) : 0;
    return fmax(sample, solving) + (double)f->widest * sizeof(ptrdiff_t);
}

const start_ops RLRA(start_snpa_sample) = {
    .about = {"snpa_sample", "columns that snpa picks of a sample; random where they do not fit", "order-2",
              "Gillis 2014"},
    .reads_data = 1,
    .check = check,
    .make = make,
    .settle = settle,
    .bytes = bytes,
};
