/* unit/start/scale.c: scaled starts: the best number for all, for each of several terms, and for each row under kl. */
#include "engine/scale.h"
#include "model/model.h"
#include "solve/pose.h"
#include "start/scale.h"
#include "start/start.h"
#include "support/fitting.h"
#include "support/meter.h"
#include "support/tensors.h"

static const int64_t dims[] = {13, 9, 7, 5};

/* A fit posed at a random point of uneven scale. */
typedef struct posed {
    fitting f;
    fit *fit;
} posed;

static void go_astray(fit *f, uint64_t seed)
{
    numbers from = {seed, 0};
    for (int n = 0; n < f->factors; n++) {
        const double scale = pow(10, 2 * normal(&from));
        for (ptrdiff_t i = 0; i < f->x[n].length; i++) {
            const double row = exp(normal(&from));
            for (ptrdiff_t k = 0; k < f->widest; k++)
                *entry(f->x[n], i, k) = (real)(scale * row * uniform(&from));
        }
        if (RLRA(scale_is_fixed)(f, n))
            RLRA(penalties_project)(&f->penalties[n], f->x[n]);
        RLRA(fit_gram)(f, n);
    }
}

static void open_posed(posed *s, const char *const *priors, const char *loss, uint64_t seed)
{
    for (int n = 0; n < rlra_model_order(s->f.model); n++)
        MUST(&s->f, rlra_problem_add_prior(s->f.problem, n, priors[n]));
    s->f.options.loss = loss;
    s->fit = calloc(1, sizeof *s->fit);
    const factor_shapes shapes = model_shapes(s->f.model);
    MUST(&s->f, RLRA(fit_pose)(s->fit, s->f.problem, &s->f.options, &shapes));
    RLRA(start_name)(s->fit);
    go_astray(s->fit, seed);
}

static void close_posed(posed *s)
{
    RLRA(fit_clear)(s->fit);
    free(s->fit);
    free_fitting(&s->f);
}

static double objective_of(fit *f)
{
    for (int n = 0; n < f->factors; n++)
        RLRA(fit_gram)(f, n);
    return f->engine->loss(f, LOSS_FROM_DATA) + RLRA(fit_penalty)(f);
}

static void multiply(factor x, ptrdiff_t begin, ptrdiff_t end, double by)
{
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = begin; i < end; i++)
            *entry(x, i, k) *= (real)by;
}

/* The sum of the model over all places with one index. */
static double model_margin(const fit *f, int mode, ptrdiff_t i)
{
    double sum = 0;
    for (ptrdiff_t k = 0; k < f->widest; k++) {
        double product = (double)*entry(f->x[mode], i, k);
        for (int m = 0; m < f->factors; m++) {
            double total = 0;
            for (ptrdiff_t j = 0; m != mode && j < f->x[m].length; j++)
                total += (double)*entry(f->x[m], j, k);
            product *= m == mode ? 1 : total;
        }
        sum += product;
    }
    return sum;
}

static void check_margins(const fit *f, const rlra_array *array, double tolerance, const char *name)
{
    for (int m = 0; m < array->order; m++) {
        double *const sums = calloc((size_t)array->dims[m], sizeof *sums);
        int64_t index[RLRA_MAX_ORDER] = {0};
        do
            sums[index[m]] += (double)*entry_at(array, index);
        while (next_index(array, index));
        for (ptrdiff_t i = 0; i < array->dims[m]; i++)
            CHECK(fabs(model_margin(f, m, i) - sums[i]) <= tolerance * sums[i], "%s: mode %d, row %td: %g, not %g",
                  name, m, i, model_margin(f, m, i), sums[i]);
        free(sums);
    }
}

static const char *const nonneg[] = {"nonneg", "nonneg", "nonneg", "nonneg"};

/* Sums of products of rounded factors. */
static const double rounded = 256 * (double)REAL_EPS;

static void test_margins_of_kl_match_those_of_the_data(void **state)
{
    (void)state;
    for (int order = 2; order <= 4; order++)
        for (ptrdiff_t rank = 1; rank <= 5; rank += 2)
            for (int stored = 0; stored < 2; stored++) {
                char name[64];
                sparse_array t = make_tensor(order, dims, 400, -1, 1, (uint64_t)order);
                const view v = tensor_to_dense(&t);
                posed s = {.f = empty_fitting(order, dims, rank)};
                MUST(&s.f, stored ? rlra_problem_add_sparse(s.f.problem, &t.view, 1, NULL)
                                  : rlra_problem_add_dense(s.f.problem, &v.array, 1, NULL));
                open_posed(&s, nonneg, "kl", (uint64_t)rank);
                MUST(&s.f, RLRA(start_scale_entries)(s.fit));
                snprintf(name, sizeof name, "order %d, rank %td, stored %d", order, rank, stored);
                check_margins(s.fit, &v.array, rounded, name);
                close_posed(&s);
                free(v.memory);
                free_tensor(&t);
            }
}

static void multiply_free(fit *f, double by)
{
    for (int n = 0; n < f->factors; n++)
        if (!RLRA(scale_is_fixed)(f, n))
            multiply(f->x[n], 0, f->x[n].length, by);
}

/* What the best common number for all free factors gives, found by trying many: there may be two valleys. */
static double best_common(fit *f)
{
    const int tries = 2000;
    const double least = exp(-20), step = exp(40.0 / tries);
    double best = INFINITY, at = least;
    multiply_free(f, least);
    for (int t = 0; t < tries; t++) {
        best = fmin(best, objective_of(f));
        multiply_free(f, step);
        at *= step;
    }
    multiply_free(f, 1 / at);
    objective_of(f); /* Gram matrices are those of the point */
    return best;
}

static const char *const mixes[][3] = {
    {"nonneg", "nonneg", "nonneg"},           {"nonneg,l1=0.3", "nonneg,l1=2", "nonneg,l2=0.1"},
    {"nonneg,l2=3", "nonneg", "nonneg,l1=1"}, {"nonneg,upper=2", "nonneg", "nonneg,l2=0.2"},
    {"nonneg", "simplex", "nonneg"},          {"simplex", "nonneg,l1=0.5", "simplex"},
};

/* From this one on there are rows that sum to one. */
enum { SUMS_TO_ONE = 4 };

static void test_no_start_is_worse_than_with_the_best_common_number(void **state)
{
    (void)state;
    static const char *const losses[] = {"frobenius", "kl", "beta", "is"};
    for (int loss = 0; loss < COUNT_OF(losses); loss++)
        for (int mix = 0; mix < COUNT_OF(mixes); mix++) {
            if (strcmp(losses[loss], "frobenius") != 0 && mix >= SUMS_TO_ONE)
                continue; /* no rule can treat these */
            if (loss > 1 && mix != 0)
                continue; /* the common number does not see penalties there */
            planted p = plant((uint64_t)mix, 3, dims, 3, 0, 0.4);
            posed s = {.f = empty_fitting(3, dims, 3)};
            MUST(&s.f, rlra_problem_add_dense(s.f.problem, &p.data.array, 1, NULL));
            s.f.options.beta = 1.5;
            open_posed(&s, mixes[mix], losses[loss], (uint64_t)mix + 5);
            const double best = best_common(s.fit);
            if (loss == 0)
                RLRA(start_scale_squares)(s.fit);
            else
                MUST(&s.f, RLRA(start_scale_entries)(s.fit));
            const double came = objective_of(s.fit);
            /* Where the penalties allow nothing that is better than zero, a start stays as it is. */
            if (loss == 0 && best > 0.5 * s.fit->norm2 * (1 - 1e-6)) {
                close_posed(&s);
                free_planted(&p);
                continue;
            }
            /* Data and model that both are large leave a difference of that many digits. */
            CHECK(came <= best + 1e3 * (double)REAL_EPS * (fabs(best) + s.fit->norm2), "%s, mix %d: %.12g after %.12g",
                  losses[loss], mix, came, best);
            CHECK(loss == 1 || fabs(came - best) <= 1e-3 * best, "%s, mix %d: %.12g, not %.12g", losses[loss], mix,
                  came, best);
            for (int n = 0; n < 3; n++)
                for (ptrdiff_t i = 0; strstr(mixes[mix][n], "simplex") != NULL && i < dims[n]; i++) {
                    double sum = 0;
                    for (ptrdiff_t k = 0; k < 3; k++)
                        sum += (double)*entry(s.fit->x[n], i, k);
                    CHECK(fabs(sum - 1) <= 8 * (double)REAL_EPS, "%s, mix %d: row %td sums to %g", losses[loss], mix, i,
                          sum);
                }
            close_posed(&s);
            free_planted(&p);
        }
}

static void test_no_row_can_be_scaled_better_under_kl(void **state)
{
    (void)state;
    for (int mix = 0; mix < SUMS_TO_ONE; mix++) {
        planted p = plant((uint64_t)mix, 3, dims, 2, 0, 0.4);
        posed s = {.f = empty_fitting(3, dims, 2)};
        MUST(&s.f, rlra_problem_add_dense(s.f.problem, &p.data.array, 1, NULL));
        open_posed(&s, mixes[mix], "kl", 9);
        MUST(&s.f, RLRA(start_scale_entries)(s.fit));
        const double least = objective_of(s.fit);
        static const double steps[] = {0.8, 1.25};
        for (int n = 0; n < 3; n++)
            for (ptrdiff_t i = 0; !RLRA(scale_is_fixed)(s.fit, n) && i < dims[n]; i++)
                for (int t = 0; t < COUNT_OF(steps); t++) {
                    multiply(s.fit->x[n], i, i + 1, steps[t]);
                    CHECK(objective_of(s.fit) >= least * (1 - 64 * (double)REAL_EPS), "mix %d, factor %d, row %td", mix,
                          n, i);
                    multiply(s.fit->x[n], i, i + 1, 1 / steps[t]);
                }
        close_posed(&s);
        free_planted(&p);
    }
}

/* Two terms that share a factor, of very different sizes, and of weights other than one. */
static void test_each_of_two_terms_has_the_scale_it_needs(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"nonneg", "nonneg", "nonneg"},
        {"simplex", "nonneg", "nonneg"},
        {"nonneg", "nonneg,l2=0.01", "simplex"},
        {"nonneg,l2=1", "nonneg,l2=1", "nonneg,l2=10"},
        {"nonneg,l1=1,l2=0.5", "nonneg,l2=2", "nonneg,l1=50"},
    };
    const int first[] = {0, 1}, second[] = {0, 2};
    for (int c = 0; c < COUNT_OF(cases); c++) {
        planted a = plant(1, 2, dims, 3, 0, 0.4);
        planted b = plant(2, 2, (const int64_t[]){13, 7}, 3, 0, 0.4);
        posed s = {.f = empty_fitting(3, dims, 3)};
        for (ptrdiff_t e = 0; e < 13 * 7; e++)
            b.data.memory[e] *= 1000;
        MUST(&s.f, rlra_problem_add_dense(s.f.problem, &a.data.array, 2, first));
        MUST(&s.f, rlra_problem_add_dense(s.f.problem, &b.data.array, 0.5, second));
        open_posed(&s, cases[c], "frobenius", 8);
        RLRA(start_scale_squares)(s.fit);
        const double least = objective_of(s.fit);
        static const double steps[] = {0.9, 0.99, 1.01, 1.1};
        for (int n = 0; n < 3; n++)
            for (int t = 0; !RLRA(scale_is_fixed)(s.fit, n) && t < COUNT_OF(steps); t++) {
                multiply(s.fit->x[n], 0, dims[n], steps[t]);
                CHECK(objective_of(s.fit) >= least * (1 - 64 * (double)REAL_EPS), "case %d: factor %d wants %g", c, n,
                      steps[t]);
                multiply(s.fit->x[n], 0, dims[n], 1 / steps[t]);
            }
        close_posed(&s);
        free_planted(&a);
        free_planted(&b);
    }
}

static void test_rows_and_data_of_zeros_do_no_harm(void **state)
{
    (void)state;
    for (int all = 0; all < 2; all++) {
        const view v = empty_view(3, dims, &c_order);
        int64_t index[RLRA_MAX_ORDER] = {0};
        do
            *entry_at(&v.array, index) = (real)(all || index[0] == 3 || index[1] == 0 ? 0 : 1 + index[2]);
        while (next_index(&v.array, index));
        posed s = {.f = empty_fitting(3, dims, 2)};
        MUST(&s.f, rlra_problem_add_dense(s.f.problem, &v.array, 1, NULL));
        open_posed(&s, nonneg, "kl", 4);
        MUST(&s.f, RLRA(start_scale_entries)(s.fit));
        for (int n = 0; n < 3; n++)
            for (ptrdiff_t i = 0; i < dims[n]; i++)
                for (ptrdiff_t k = 0; k < 2; k++)
                    assert_true(isfinite((double)*entry(s.fit->x[n], i, k)));
        if (!all)
            check_margins(s.fit, &v.array, rounded, "some zeros");
        close_posed(&s);
        free(v.memory);
    }
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    meter m;
    planted p = plant(3, 3, dims, 2, 0, 0.4);
    fitting f = {.context = metered_context(&m), .options = rlra_options_default()};
    MUST(&f, rlra_problem_create(f.context, &f.problem));
    MUST(&f, rlra_model_create(f.context, REAL_DTYPE, 3, dims, 2, &f.model));
    MUST(&f, rlra_problem_add_dense(f.problem, &p.data.array, 1, NULL));
    for (int n = 0; n < 3; n++)
        MUST(&f, rlra_problem_add_prior(f.problem, n, "nonneg"));
    f.options.loss = "kl";
    f.options.max_sweeps = 1;
    const long alive = m.alive;
    rlra_status status = RLRA_ERR_MEMORY;
    for (long at = 0; status != RLRA_OK; at++) {
        m.refuse = m.made + at;
        status = rlra_fit(f.problem, &f.options, f.model, &f.report);
        CHECK(m.alive == alive, "allocation %ld: %ld leaked", at, m.alive - alive);
        if (status != RLRA_OK)
            expect(f.context, status, RLRA_ERR_MEMORY, "out of memory");
    }
    free_fitting(&f);
    free_planted(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_margins_of_kl_match_those_of_the_data),
        cmocka_unit_test(test_no_start_is_worse_than_with_the_best_common_number),
        cmocka_unit_test(test_no_row_can_be_scaled_better_under_kl),
        cmocka_unit_test(test_each_of_two_terms_has_the_scale_it_needs),
        cmocka_unit_test(test_rows_and_data_of_zeros_do_no_harm),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("scaled starts", tests, NULL, NULL);
}
