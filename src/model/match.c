/* model/match.c: cosines between the components of two models, mode by mode, and the ratios of their norms. */
#include "model/match.h"

#include <math.h>
#include <string.h>

#include "core/check.h"
#include "linalg/kernels.h"

/* Rows of the factors that are compared together, as double. */
#define BLOCK_ROWS 256

/* The components of one model. Each column is scaled by a power of two, so that no square leaves the range of doubles. */
typedef struct side {
    const rlra_model *model;
    double *block; /* BLOCK_ROWS entries of each component                              */
    double *scale; /* scale of the columns of the current factor; 0: the column is zero */
    double *norm2; /* squared norms of these columns, scaled                            */
    double *sign;  /* sign of the weight of each component; 0: one of its columns is zero */
    double *size;  /* logarithm of the norm of each component over the modes so far */
} side;

/* Numbers that a side of `most` components needs. */
static size_t side_numbers(int64_t most)
{
    return (size_t)most * (BLOCK_ROWS + 4);
}

static side open_side(const rlra_model *model, int64_t most, double *room)
{
    side s = {.model = model, .block = room};
    s.scale = room + most * BLOCK_ROWS;
    s.norm2 = s.scale + most;
    s.sign = s.norm2 + most;
    s.size = s.sign + most;
    memset(room, 0, side_numbers(most) * sizeof *room);
    for (int64_t k = 0; k < model->rank; k++) {
        const double weight = model->dtype == RLRA_DTYPE_F32 ? (double)((const float *)model->weights)[k]
                                                             : ((const double *)model->weights)[k];
        s.sign[k] = (double)((weight > 0) - (weight < 0));
        s.size[k] = weight == 0 ? 0 : log(fabs(weight));
    }
    return s;
}

/* Entries begin .. begin + length - 1 of column k of factor n. */
static void load(const side *s, int n, int64_t k, int64_t begin, int64_t length, double *to)
{
    const int64_t at = k * s->model->strides[n] + begin;
    if (s->model->dtype == RLRA_DTYPE_F64) {
        memcpy(to, (const double *)s->model->factors[n] + at, (size_t)length * sizeof *to);
        return;
    }
    const float *const from = (const float *)s->model->factors[n] + at;
    for (int64_t i = 0; i < length; i++)
        to[i] = (double)from[i];
}

static int64_t block_length(const side *s, int n, int64_t begin)
{
    const int64_t left = s->model->dims[n] - begin;
    return left < BLOCK_ROWS ? left : BLOCK_ROWS;
}

/* The largest magnitude of column k of factor n; NaN if it contains one. */
static double largest(side *s, int n, int64_t k)
{
    double most = 0;
    for (int64_t begin = 0; begin < s->model->dims[n]; begin += BLOCK_ROWS) {
        const int64_t length = block_length(s, n, begin);
        load(s, n, k, begin, length, s->block);
        for (int64_t i = 0; i < length; i++)
            most = fabs(s->block[i]) <= most ? most : fabs(s->block[i]);
    }
    return most;
}

static rlra_status begin_mode(side *s, int n)
{
    for (int64_t k = 0; k < s->model->rank; k++) {
        const double most = largest(s, n, k);
        int exponent = 0;
        if (!isfinite(most))
            return rlra_fail(s->model->context, RLRA_ERR_DATA, "factor %d of a model to match holds NaN or Inf", n);
        frexp(most, &exponent);
        s->scale[k] = most > 0 ? ldexp(1, exponent < -1000 ? 1000 : -exponent) : 0;
        s->norm2[k] = 0;
        s->sign[k] = most > 0 ? s->sign[k] : 0;
    }
    return RLRA_OK;
}

static void load_block(side *s, int n, int64_t begin)
{
    const int64_t length = block_length(s, n, begin);
    for (int64_t k = 0; k < s->model->rank; k++) {
        double *const to = s->block + k * BLOCK_ROWS;
        load(s, n, k, begin, length, to);
        for (int64_t i = 0; i < length; i++) {
            to[i] *= s->scale[k];
            s->norm2[k] += to[i] * to[i];
        }
    }
}

static void end_mode(side *s)
{
    for (int64_t k = 0; k < s->model->rank; k++)
        if (s->sign[k] != 0)
            s->size[k] += 0.5 * log(s->norm2[k]) - log(s->scale[k]);
}

/* congruence *= the cosines of mode n. */
static rlra_status multiply_mode(side *a, side *b, int n, int64_t most, double *cross, double *congruence)
{
    const kernels *const best = RLRA(kernels_best)();
    rlra_status status = begin_mode(a, n);
    if (status == RLRA_OK)
        status = begin_mode(b, n);
    if (status != RLRA_OK)
        return status;
    /* Columns beyond the rank of a model stay zero. */
    for (int64_t begin = 0; begin < a->model->dims[n]; begin += BLOCK_ROWS) {
        load_block(a, n, begin);
        load_block(b, n, begin);
        best->gram(block_length(a, n, begin), most, a->block, BLOCK_ROWS, b->block, BLOCK_ROWS, cross, begin > 0);
    }
    for (int64_t k = 0; k < a->model->rank; k++)
        for (int64_t l = 0; l < b->model->rank; l++) {
            const double norms = sqrt(a->norm2[k]) * sqrt(b->norm2[l]);
            const double cosine = norms > 0 ? cross[k * most + l] / norms : 0;
            congruence[k * most + l] *= fmax(-1, fmin(1, cosine));
        }
    end_mode(a);
    end_mode(b);
    return RLRA_OK;
}

static double start_congruence(const side *a, const side *b, int64_t k, int64_t l)
{
    return k < a->model->rank && l < b->model->rank ? a->sign[k] * b->sign[l] : 0;
}

static void finish_pair(const side *a, const side *b, int64_t k, int64_t l, double *congruence, double *ratio)
{
    const int both = k < a->model->rank && l < b->model->rank;
    const int empty = both && a->sign[k] == 0 && b->sign[l] == 0;
    const int full = both && a->sign[k] != 0 && b->sign[l] != 0;
    *ratio = full ? exp(-fabs(a->size[k] - b->size[l])) : empty;
    *congruence = full ? *congruence : empty;
}

rlra_status rlra_match_pairs(const rlra_model *a, const rlra_model *b, double *congruence, double *ratio)
{
    rlra_status status = RLRA_OK;
    rlra_context *const context = a->context;
    const int64_t most = a->rank > b->rank ? a->rank : b->rank;
    const size_t numbers = 2 * side_numbers(most) + (size_t)(most * most);
    double *const room = rlra_alloc(context, numbers, sizeof *room);
    REQUIRE(room != NULL, rlra_fail_memory(context, numbers, sizeof *room, "matching two models"));
    side left = open_side(a, most, room), right = open_side(b, most, room + side_numbers(most));
    double *const cross = room + 2 * side_numbers(most);
    for (int64_t k = 0; k < most; k++)
        for (int64_t l = 0; l < most; l++)
            congruence[k * most + l] = start_congruence(&left, &right, k, l);
    for (int n = 0; n < a->order; n++)
        TRY(multiply_mode(&left, &right, n, most, cross, congruence));
    for (int64_t k = 0; k < most; k++)
        for (int64_t l = 0; l < most; l++)
            finish_pair(&left, &right, k, l, &congruence[k * most + l], &ratio[k * most + l]);
cleanup:
    rlra_free(context, room);
    return status;
}
