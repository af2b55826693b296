/* property/auto_counts.c: sweeps that auto takes to within a thousandth of its own end on eight small sets, as counts. */
#include <math.h>

#include "support/fitting.h"
#include "support/weighted.h"

#define LONG   1500
#define STARTS 3

typedef enum kind { UNIFORM, OFFSET, BUMPS, CUBE, MASKED, COUNTS, FEW_COUNTS, POWERS } kind;

typedef struct set {
    const char *name, *loss;
    kind kind;
    int64_t usual; /* sweeps of all starts together */
} set;

static const set sets[] = {
    {"uniform factors", "frobenius", UNIFORM, 96},
    {"low contrast on an offset", "frobenius", OFFSET, 139},
    {"bumps on an offset", "frobenius", BUMPS, 109},
    {"a tensor", "frobenius", CUBE, 64},
    {"missing entries", "frobenius", MASKED, 312},
    {"counts", "kl", COUNTS, 168},
    {"few counts", "kl", FEW_COUNTS, 22},
    {"powers", "is", POWERS, 387},
};

static const int64_t shapes[][3] = {
    [UNIFORM] = {120, 90}, [OFFSET] = {80, 60}, [BUMPS] = {100, 80},     [CUBE] = {24, 20, 22},
    [MASKED] = {90, 70},   [COUNTS] = {60, 50}, [FEW_COUNTS] = {60, 50}, [POWERS] = {60, 50}};

/* Factor entries of each kind, and what is made of their product. */
static double factor_entry(kind of, numbers *from, int64_t i, int64_t length, int k, int mode)
{
    const double u = uniform(from), at = (double)i / (double)(length - 1) - 0.1 - 0.2 * k;
    if (of == OFFSET)
        return mode == 0 ? 0.1 * u : u;
    if (of == BUMPS)
        return mode == 0 ? 0.5 + exp(-40 * at * at) : 0.3 + u;
    return of == COUNTS || of == FEW_COUNTS ? u * u * u : u;
}

static real data_entry(kind of, numbers *from, double product)
{
    switch (of) {
    case OFFSET:
        return (real)fmax(0, 1 + product + 1e-3 * normal(from));
    case BUMPS:
        return (real)fmax(0, product + 1e-3 * normal(from));
    case COUNTS:
        return (real)floor(4 * product + uniform(from));
    case FEW_COUNTS:
        return (real)floor(0.4 * product + uniform(from) * uniform(from));
    case POWERS:
        return (real)(product * -log(1 - uniform(from)) + 1e-3);
    default:
        return (real)fmax(0, product + 0.1 * normal(from));
    }
}

static view make(kind of, int order)
{
    numbers from = {21 + (uint64_t)of, 0};
    const int rank = 5;
    const int64_t *const dims = shapes[of];
    view v = empty_view(order, dims, &c_order);
    double w[3][120 * 5];
    int64_t index[RLRA_MAX_ORDER] = {0};
    for (int m = 0; m < order; m++)
        for (int k = 0; k < rank; k++)
            for (int64_t i = 0; i < dims[m]; i++)
                w[m][k * 120 + i] = factor_entry(of, &from, i, dims[m], k, m);
    do {
        double product = 0;
        for (int k = 0; k < rank; k++)
            product += w[0][k * 120 + index[0]] * w[1][k * 120 + index[1]] * (order > 2 ? w[2][k * 120 + index[2]] : 1);
        *entry_at(&v.array, index) = data_entry(of, &from, product);
    } while (next_index(&v.array, index));
    return v;
}

/* Objectives by sweep. */
typedef struct series {
    int count;
    double at[LONG + 1];
} series;

static void record(void *user, const rlra_progress *progress)
{
    series *const s = user;
    s->at[s->count++] = progress->objective;
}

static int64_t sweeps_of(const set *p)
{
    static series s;
    int64_t sum = 0;
    const int order = p->kind == CUBE ? 3 : 2;
    view v = make(p->kind, order), mask = empty_view(order, shapes[p->kind], &c_order);
    numbers from = {5, 0};
    for (int64_t e = 0; e < rlra_array_count(&mask.array); e++)
        mask.memory[e] = uniform(&from) < 0.1 ? 0 : 1;
    for (int start = 0; start < STARTS; start++) {
        fitting f =
            p->kind == MASKED ? make_weighted(&v.array, &mask.array, 5, "nonneg") : make_fitting(&v.array, 5, "nonneg");
        f.options.seed = start;
        f.options.init = "random";
        f.options.loss = p->loss;
        f.options.tolerance = 0;
        f.options.decrease = 1e-9;
        f.options.max_sweeps = LONG;
        s.count = 0;
        rlra_context_set_progress(f.context, record, &s);
        run_fit(&f);
        int sweeps = 0;
        while (s.at[sweeps] > 1.001 * f.report.objective)
            sweeps++;
        sum += sweeps;
        free_fitting(&f);
    }
    free(v.memory);
    free(mask.memory);
    return sum;
}

static void test_auto_takes_as_many_sweeps_as_it_did(void **state)
{
    (void)state;
    for (int p = 0; p < COUNT_OF(sets); p++) {
        const int64_t sweeps = sweeps_of(&sets[p]);
        CHECK(fabs((double)(sweeps - sets[p].usual)) <= 0.2 * (double)sets[p].usual,
              "%s: %d sweeps, where %d were usual", sets[p].name, (int)sweeps, (int)sets[p].usual);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_auto_takes_as_many_sweeps_as_it_did)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
