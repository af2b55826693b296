/* drawn/penalties.c: the definitions of docs/theory, written down a second time. */
#include "drawn/penalties.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

definition_of_priors define_priors(rlra_dtype dtype, const drawn_priors *priors, int64_t rank)
{
    definition_of_priors d = {.least = -INFINITY, .most = INFINITY, .entries = rank};
    for (int p = 0; p < priors->count; p++) {
        const char *const name = priors->item[p].name;
        const double weight = priors->item[p].weight;
        if (strcmp(name, "l1") == 0) {
            d.l1 = weight;
        } else if (strcmp(name, "l2") == 0) {
            d.l2 = weight;
        } else if (strcmp(name, "nonneg") == 0) {
            d.least = fmaxl(d.least, 0);
        } else if (strcmp(name, "simplex") == 0) {
            d.is_simplex = 1;
        } else if (strcmp(name, "lower") == 0) {
            d.least = fmaxl(d.least, in_dtype(dtype, weight));
        } else if (strcmp(name, "upper") == 0) {
            d.most = fminl(d.most, in_dtype(dtype, weight));
        } else if (strcmp(name, "hard_sparsity") == 0) {
            d.entries = (int64_t)weight;
            d.is_limited = 1;
        } else {
            fprintf(stderr, "the penalty '%s' has no definition in tests/drawn/penalties.c: write it down\n", name);
            abort();
        }
    }
    return d;
}

long double penalty_of_row(const definition_of_priors *d, int64_t rank, const long double *row)
{
    long double sum = 0;
    for (int64_t k = 0; k < rank; k++)
        sum += d->l1 * fabsl(row[k]) + d->l2 * row[k] * row[k];
    return sum;
}

int is_row_allowed(const definition_of_priors *d, rlra_dtype dtype, int64_t rank, const long double *row)
{
    const long double eps = dtype == RLRA_DTYPE_F32 ? FLT_EPSILON : DBL_EPSILON;
    long double sum = 0;
    int64_t entries = 0;
    int is_within = 1;
    for (int64_t k = 0; k < rank; k++) {
        sum += row[k];
        entries += row[k] != 0;
        is_within &= row[k] >= d->least && row[k] <= d->most && (!d->is_simplex || row[k] >= 0);
    }
    return is_within && entries <= d->entries && (!d->is_simplex || fabsl(sum - 1) <= 2 * (long double)rank * eps);
}

/* The nearest point whose entries, those that are not barred, are >= 0 and sum to one: the shift by bisection. */
static void project_on_simplex(int64_t rank, const int *is_barred, long double *step)
{
    long double low = INFINITY, high = -INFINITY;
    for (int64_t k = 0; k < rank; k++)
        if (!is_barred[k]) {
            low = fminl(low, step[k] - 1);
            high = fmaxl(high, step[k]);
        }
    for (int turn = 0; turn < 120; turn++) {
        const long double middle = 0.5L * (low + high);
        long double sum = 0;
        for (int64_t k = 0; k < rank; k++)
            sum += is_barred[k] ? 0 : fmaxl(step[k] - middle, 0);
        *(sum > 1 ? &low : &high) = middle;
    }
    for (int64_t k = 0; k < rank; k++)
        step[k] = is_barred[k] ? 0 : fmaxl(step[k] - 0.5L * (low + high), 0);
}

static long double size_of(const definition_of_priors *d, long double entry)
{
    return d->is_simplex ? entry : fabsl(entry);
}

/* Bar the smallest entries until so many are left as a row may have. */
static int cut(const definition_of_priors *d, int64_t rank, const long double *error, const long double *step,
               int *is_barred)
{
    int is_clear = 1;
    for (;;) {
        int64_t left = 0, least = -1;
        for (int64_t k = 0; k < rank; k++) {
            const int counts = !is_barred[k] && (d->is_simplex || step[k] != 0);
            left += counts;
            if (counts && (least < 0 || size_of(d, step[k]) < size_of(d, step[least])))
                least = k;
        }
        if (left <= d->entries)
            return is_clear;
        for (int64_t k = 0; k < rank; k++)
            if (k != least && !is_barred[k] && left == d->entries + 1 &&
                size_of(d, step[k]) - size_of(d, step[least]) <= error[k] + error[least])
                is_clear = 0;
        is_barred[least] = 1;
    }
}

int prox_of_row(const definition_of_priors *d, int64_t rank, const long double *row, const long double *curvature,
                const long double *error, long double *step)
{
    int is_barred[MOST_RANK] = {0}, is_clear = 1;
    int64_t entries = 0;
    for (int64_t k = 0; k < rank; k++)
        entries += row[k] != 0;
    for (int64_t k = 0; k < rank; k++) {
        is_barred[k] = entries >= d->entries && row[k] == 0;
        if (d->is_simplex || !(curvature[k] > 0))
            continue;
        const long double t = 1 / curvature[k],
                          over = fabsl(step[k]) / (1 + 2 * t * d->l2) - t * d->l1 / (1 + 2 * t * d->l2);
        step[k] = copysignl(fmaxl(over, 0), step[k]);
        step[k] = fminl(fmaxl(step[k], d->least), d->most);
    }
    is_clear = cut(d, rank, error, step, is_barred);
    if (d->is_simplex)
        project_on_simplex(rank, is_barred, step);
    for (int64_t k = 0; k < rank; k++)
        step[k] = is_barred[k] ? 0 : step[k];
    return is_clear;
}
