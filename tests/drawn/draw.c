/* drawn/draw.c: draw a fit: data and how they are held, loss, priors, rule, start and options, from the registries. */
#include "drawn/draw.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void draw_dims(dice *from, int order, double entries, int64_t *dims)
{
    static const int64_t most[] = {0, 0, 36, 13, 7};
    for (int m = 0; m < order; m++) {
        dims[m] = dice_hits(from, 0.03) ? 1 : most[order] / 2 + dice_below(from, most[order] / 2 + 1);
        if (entries > 0)
            dims[m] = 2 + (int64_t)(pow(entries, 1.0 / order) * (m == 0 ? 1 : 0.7 + 0.6 * dice_uniform(from)));
    }
}

/* Properties of the data to draw. */
typedef struct traits {
    double zeros, noise, offset, chance; /* chance: of an entry to be stored */
    int is_count;
} traits;

static traits draw_traits(dice *from, const char *loss, double beta)
{
    traits l = {.zeros = dice_hits(from, 0.5) ? 0 : 0.3, .noise = dice_hits(from, 0.2) ? 0 : 0.3, .offset = 0.01};
    l.chance = 0.05 + 0.5 * dice_uniform(from);
    l.is_count = dice_hits(from, 0.25);
    if (strcmp(loss, "frobenius") == 0 && dice_hits(from, 0.25))
        l.offset = -0.5;
    if (strcmp(loss, "frobenius") != 0 && beta_of_loss(loss, beta) <= 0) {
        l.zeros = 0;
        l.is_count = 0;
    }
    return l;
}

#define MOST_PLANTED 20011

/* Sums of products of uniform numbers, and noise. */
static void fill(dice *from, const drawn_fit *fit, const traits *l, drawn_array *a)
{
    const int64_t rank = 1 + dice_below(from, 4);
    double *factors[RLRA_MAX_ORDER];
    for (int m = 0; m < a->order; m++) {
        factors[m] = malloc((size_t)(a->dims[m] * rank) * sizeof(double));
        for (int64_t e = 0; e < a->dims[m] * rank; e++)
            factors[m][e] = dice_hits(from, 0.25) ? 0 : dice_uniform(from);
    }
    for (int64_t e = 0; e < a->count; e++) {
        if (e >=
            MOST_PLANTED) { /* of large arrays the beginning again and again, so that drawing takes less than fitting */
            a->values[e] = a->values[e - MOST_PLANTED];
            continue;
        }
        double sum = l->offset + l->noise * dice_uniform(from);
        for (int64_t k = 0; k < rank; k++) {
            double product = 1;
            int64_t rest = e;
            for (int m = a->order - 1; m >= 0; m--) {
                product *= factors[m][rest % a->dims[m] * rank + k];
                rest /= a->dims[m];
            }
            sum += product;
        }
        sum = l->is_count ? floor(5 * fabs(sum)) : sum;
        a->values[e] = dice_hits(from, l->zeros) ? 0 : in_dtype(fit->dtype, sum);
    }
    for (int m = 0; m < a->order; m++)
        free(factors[m]);
}

static void draw_array(dice *from, const drawn_fit *fit, const traits *l, drawn_array *a)
{
    a->count = 1;
    for (int m = 0; m < a->order; m++) {
        a->dims[m] = fit->lengths[a->of[m]];
        a->count *= a->dims[m];
    }
    a->values = calloc((size_t)a->count, sizeof *a->values);
    fill(from, fit, l, a);
}

/* Weights of all entries: a mask, or any numbers. */
static void draw_weights(dice *from, const drawn_fit *fit, drawn_array *a)
{
    const int is_mask = dice_hits(from, 0.5);
    const double missing = dice_hits(from, 0.3) ? 0 : 0.6 * dice_uniform(from);
    a->weights = calloc((size_t)a->count, sizeof *a->weights);
    for (int64_t e = 0; e < a->count; e++)
        a->weights[e] = dice_hits(from, missing) ? 0
                        : is_mask                ? 1
                                                 : in_dtype(fit->dtype, 0.125 + 2 * dice_uniform(from));
}

static rlra_array array_of(const drawn_fit *fit, const drawn_array *a, void *memory)
{
    return rlra_array_contiguous(fit->dtype, a->order, a->dims, memory);
}

static rlra_status pose_dense(dice *from, drawn_fit *fit, drawn_array *a)
{
    const int is_nan = a->weights != NULL && dice_hits(from, 0.3);
    for (int64_t e = 0; is_nan && e < a->count; e++)
        a->weights[e] = a->weights[e] > 0;
    a->memory = in_memory(fit->dtype, a->count, a->values);
    const rlra_array values = array_of(fit, a, a->memory);
    if (a->weights == NULL)
        return rlra_problem_add_dense(fit->problem, &values, (double)a->weight, a->of);
    for (int64_t e = 0; e < a->count; e++) { /* what stands at a missing entry is not read */
        if (a->weights[e] > 0)
            continue;
        if (fit->dtype == RLRA_DTYPE_F32)
            ((float *)a->memory)[e] = NAN;
        else
            ((double *)a->memory)[e] = NAN;
    }
    if (is_nan)
        return rlra_problem_add_weighted(fit->problem, &values, NULL, RLRA_MISSING_NAN, (double)a->weight, a->of);
    a->memory_of_weights = in_memory(fit->dtype, a->count, a->weights);
    const rlra_array weights = array_of(fit, a, a->memory_of_weights);
    return rlra_problem_add_weighted(fit->problem, &values, &weights, RLRA_MISSING_NONE, (double)a->weight, a->of);
}

/* Places of stored entries; what is not stored is zero, or missing where `is_observed`. */
static rlra_status pose_sparse(dice *from, drawn_fit *fit, const traits *l, drawn_array *a)
{
    const int is_observed = strcmp(fit->storage, "observed-sparse") == 0,
              is_weighted = is_observed && dice_hits(from, 0.5);
    int64_t *const places = malloc((size_t)(a->order * a->count) * sizeof *places), count = 0;
    const int64_t *indices[RLRA_MAX_ORDER];
    long double *const stored = malloc((size_t)a->count * sizeof *stored);
    long double *const weights = malloc((size_t)a->count * sizeof *weights);
    rlra_status status;
    if (is_observed)
        a->weights = calloc((size_t)a->count, sizeof *a->weights);
    for (int64_t e = 0; e < a->count; e++) {
        if (!dice_hits(from, l->chance)) {
            a->values[e] = 0;
            continue;
        }
        int64_t rest = e;
        for (int m = a->order - 1; m >= 0; m--) {
            places[m * a->count + count] = rest % a->dims[m];
            rest /= a->dims[m];
        }
        weights[count] = is_weighted ? in_dtype(fit->dtype, 0.125 + 2 * dice_uniform(from)) : 1;
        if (is_observed)
            a->weights[e] = weights[count];
        stored[count++] = a->values[e];
    }
    for (int m = 0; m < a->order; m++)
        indices[m] = places + m * a->count;
    a->memory = in_memory(fit->dtype, count, stored);
    a->memory_of_weights = in_memory(fit->dtype, count, weights);
    const rlra_sparse values = rlra_sparse_coo(fit->dtype, a->order, a->dims, count, indices, a->memory);
    const rlra_sparse of_each = rlra_sparse_coo(fit->dtype, a->order, a->dims, count, indices, a->memory_of_weights);
    if (is_observed)
        status = rlra_problem_add_observed_weighted(fit->problem, &values, is_weighted ? &of_each : NULL,
                                                    (double)a->weight, a->of);
    else
        status = rlra_problem_add_sparse(fit->problem, &values, (double)a->weight, a->of);
    free(places);
    free(stored);
    free(weights);
    return status;
}

/* Which factors the modes of the terms are tied to: two matrices may share their first factor. */
static void draw_shape(dice *from, double entries, drawn_fit *fit)
{
    const int is_tensor = strcmp(fit->storage, "sparse-tensor") == 0;
    const int is_sparse = strcmp(fit->storage, "sparse") == 0 || strcmp(fit->storage, "observed-sparse") == 0;
    const int is_implicit = strcmp(fit->storage, "implicit") == 0;
    const int order = is_sparse || is_implicit ? 2
                      : is_tensor              ? 3 + (int)dice_below(from, 2)
                                               : 2 + (int)dice_below(from, 3);
    fit->terms = order == 2 && strcmp(fit->options.loss, "frobenius") == 0 && dice_hits(from, 0.1) ? 2 : 1;
    fit->factors = fit->terms > 1 ? 3 : order;
    draw_dims(from, order, is_sparse || is_tensor ? 3 * entries : entries, fit->lengths);
    fit->lengths[fit->terms > 1 ? 2 : 7] = 9 + dice_below(from, 9);
    for (int t = 0; t < fit->terms; t++) {
        fit->term[t].order = order;
        fit->term[t].weight = dice_hits(from, 0.6) ? 1 : in_dtype(fit->dtype, 0.25 + 3 * dice_uniform(from));
        for (int m = 0; m < order; m++)
            fit->term[t].of[m] = t == 1 && m == 1 ? 2 : m;
    }
}

static void name_fit(drawn_fit *fit, uint64_t seed)
{
    const drawn_array *const a = &fit->term[0];
    int used = snprintf(fit->name, sizeof fit->name,
                        "seed %llu: %s, %s, order %d, %d terms%s, rank %d, %s beta %g, rule %s, init %s, %d sweeps, "
                        "extrapolate %s, pass %s, reach %g",
                        (unsigned long long)seed, fit->dtype == RLRA_DTYPE_F32 ? "f32" : "f64", fit->storage, a->order,
                        fit->terms, a->weights != NULL ? " with weights" : "", (int)fit->rank, fit->options.loss,
                        fit->options.beta, fit->options.update, fit->options.init, (int)fit->options.max_sweeps,
                        fit->options.extrapolate, fit->options.pass, fit->options.reach);
    for (int n = 0; n < fit->factors && used < (int)sizeof fit->name; n++)
        used += snprintf(fit->name + used, sizeof fit->name - (size_t)used, ", %d: %s", n, fit->priors[n].text);
}

/* A start that is given: uniform factors. */
static void draw_start(drawn_fit *fit)
{
    dice from = fit->start;
    for (int n = 0; n < fit->factors; n++) {
        const rlra_array f = rlra_model_factor(fit->model, n);
        for (int64_t k = 0; k < fit->rank; k++)
            for (int64_t i = 0; i < f.dims[0]; i++) {
                const double value = 0.05 + dice_uniform(&from);
                if (fit->dtype == RLRA_DTYPE_F32)
                    ((float *)f.data)[i * f.strides[0] + k * f.strides[1]] = (float)value;
                else
                    ((double *)f.data)[i * f.strides[0] + k * f.strides[1]] = value;
            }
    }
}

rlra_status renew_model(drawn_fit *fit)
{
    rlra_model_destroy(fit->model);
    const rlra_status status =
        rlra_model_create(fit->context, fit->dtype, fit->factors, fit->lengths, fit->rank, &fit->model);
    if (status == RLRA_OK)
        draw_start(fit);
    return status;
}

static rlra_status pose(dice *from, drawn_fit *fit, const traits *l)
{
    rlra_status status = rlra_problem_create(fit->context, &fit->problem);
    const int is_observed = strcmp(fit->storage, "observed") == 0, is_implicit = strcmp(fit->storage, "implicit") == 0;
    const int is_dense = strcmp(fit->storage, "dense") == 0 || is_observed;
    for (int t = 0; status == RLRA_OK && t < fit->terms; t++) {
        drawn_array *const a = &fit->term[t];
        draw_array(from, fit, l, a);
        if (is_observed)
            draw_weights(from, fit, a);
        status = is_dense      ? pose_dense(from, fit, a)
                 : is_implicit ? pose_implicit(fit, a)
                               : pose_sparse(from, fit, l, a);
    }
    for (int n = 0; status == RLRA_OK && n < fit->factors; n++)
        status = rlra_problem_add_prior(fit->problem, n, fit->priors[n].text);
    fit->start = *from;
    return status == RLRA_OK ? renew_model(fit) : status;
}

/* Data in windows are not drawn: property/stream.c compares them with data in memory to the bit. */
static void check_storage(const char *storage)
{
    static const char *const known[] = {"dense", "observed", "observed-sparse", "sparse", "sparse-tensor", "implicit"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(storage, known[i]) == 0)
            return;
    fprintf(stderr, "data that are '%s' are not drawn: write down in tests/drawn/draw.c how they are posed\n", storage);
    abort();
}

rlra_status draw_fit(uint64_t seed, drawn_size size, drawn_fit *fit)
{
    dice from = {seed * 0xD1342543DE82EF95u + 1};
    *fit = (drawn_fit){.options = rlra_options_default()};
    fit->dtype = dice_hits(&from, 0.5) ? RLRA_DTYPE_F32 : RLRA_DTYPE_F64;
    fit->rank = 1 + dice_below(&from, 6);
    if (size.products > 0)
        fit->rank += 5;
    draw_options(&from, &fit->options);
    fit->storage = dice_hits(&from, 0.2) ? "dense" : draw_member(&from, "data")->name;
    fit->storage = strcmp(fit->storage, "windows") == 0 ? "dense" : fit->storage;
    check_storage(fit->storage);
    draw_shape(&from, size.products / (double)fit->rank, fit);
    draw_priors(&from, fit->rank, &fit->priors[0]);
    const int is_same = dice_hits(&from, 0.5);
    for (int n = 1; n < fit->factors; n++) {
        fit->priors[n] = fit->priors[0];
        if (!is_same)
            draw_priors(&from, fit->rank, &fit->priors[n]);
    }
    traits l = draw_traits(&from, fit->options.loss, fit->options.beta);
    if (size.products > 0)
        l.chance = 0.35;
    rlra_status status = rlra_context_create(NULL, &fit->context);
    if (status == RLRA_OK)
        status = pose(&from, fit, &l);
    name_fit(fit, seed);
    return status;
}

void free_drawn_fit(drawn_fit *fit)
{
    rlra_model_destroy(fit->model);
    rlra_problem_destroy(fit->problem);
    rlra_context_destroy(fit->context);
    for (int t = 0; t < fit->terms; t++) {
        free(fit->term[t].values);
        free(fit->term[t].weights);
        free(fit->term[t].memory);
        free(fit->term[t].memory_of_weights);
    }
}
