/* property/escapes.c: attempts to leave a local minimum never raise the objective, keep the constraints, and take the same
 * decisions for any number of threads. */
#include "support/fitting.h"

#define SWEEPS 400

/* What a fit is made of. `storage`: 0 dense, 1 with missing entries, 2 with weights. */
typedef struct way {
    const char *loss, *update, *prior, *extrapolate;
    int order, storage, threads, escapes;
} way;

typedef struct seen {
    int64_t sweeps, escapes;
    double objective[SWEEPS + 2];
    int rises;
} seen;

static void watch(void *user, const rlra_progress *at)
{
    seen *const s = user;
    assert_true(at->sweep <= SWEEPS);
    s->objective[at->sweep] = at->objective;
    s->rises += at->sweep > 0 && !(at->objective <= s->objective[at->sweep - 1]);
    s->rises += at->escapes < s->escapes;
    s->sweeps = at->sweep;
    s->escapes = at->escapes;
}

static const int64_t dims[][3] = {{24, 17}, {9, 8, 7}};

static fitting make(const way *w, const planted *p, const view *weights, seen *s)
{
    fitting f = empty_fitting(w->order, dims[w->order - 2], 4);
    if (w->storage == 0)
        MUST(&f, rlra_problem_add_dense(f.problem, &p->data.array, 1, NULL));
    else
        MUST(&f, rlra_problem_add_weighted(f.problem, &p->data.array, &weights->array, RLRA_MISSING_NONE, 1, NULL));
    for (int n = 0; n < w->order; n++)
        MUST(&f, rlra_problem_add_prior(f.problem, n, w->prior));
    f.options.loss = w->loss;
    f.options.update = w->update;
    f.options.extrapolate = w->extrapolate;
    f.options.beta = 1.5;
    f.options.init = "random";
    f.options.seed = 3;
    f.options.threads = w->threads;
    f.options.tolerance = 1e-2;
    f.options.decrease = 1e-4;
    f.options.max_sweeps = SWEEPS;
    f.options.escapes = w->escapes;
    *s = (seen){0};
    rlra_context_set_progress(f.context, watch, s);
    return f;
}

static void check_constraints(const fitting *f, const way *w)
{
    for (int n = 0; n < w->order; n++) {
        const factor x = factor_of(f, n);
        for (ptrdiff_t i = 0; i < x.length; i++) {
            double sum = 0;
            for (ptrdiff_t k = 0; k < x.rank; k++) {
                CHECK(*entry(x, i, k) >= 0, "an entry is negative");
                sum += (double)*entry(x, i, k);
            }
            CHECK(strcmp(w->prior, "simplex") != 0 || fabs(sum - 1) <= 1e3 * (double)REAL_EPS, "a row sums to %g", sum);
        }
    }
}

/* Returns how many attempts there were; 0 where the rule does not take this. */
static int64_t check_way(const way *w, int64_t *kept)
{
    seen plain_seen, seen_one, seen_two;
    planted p = plant(5, w->order, dims[w->order - 2], 6, 0.4, 0.3);
    view weights = empty_view(w->order, dims[w->order - 2], &c_order);
    for (int64_t e = 0; e < rlra_array_count(&weights.array); e++)
        weights.memory[e] = (real)(e % 7 == 0 ? 0 : w->storage == 1 || e % 3 != 0 ? 1 : 0.5);
    way without = *w, two = *w;
    without.escapes = 0;
    two.threads = 2;
    fitting plain = make(&without, &p, &weights, &plain_seen), one = make(w, &p, &weights, &seen_one),
            other = make(&two, &p, &weights, &seen_two);
    const rlra_status status = rlra_fit(plain.problem, &plain.options, plain.model, &plain.report);
    CHECK(status == RLRA_OK || status == RLRA_ERR_UNSUPPORTED || status == RLRA_ERR_DATA, "%s",
          rlra_context_message(plain.context));
    int64_t attempts = 0;
    if (status == RLRA_OK) {
        char name[128];
        snprintf(name, sizeof name, "%s, %s, %s, order %d, storage %d", w->loss, w->update, w->prior, w->order,
                 w->storage);
        run_fit(&one);
        run_fit(&other);
        attempts = one.report.escapes;
        *kept += one.report.escapes_kept;
        CHECK(plain.report.escapes == 0, "%s: escapes that nobody asked for", name);
        CHECK(seen_one.rises == 0 && seen_two.rises == 0, "%s: the trace rises", name);
        CHECK(memcmp(plain_seen.objective, seen_one.objective,
                     (size_t)(plain_seen.sweeps + 1) * sizeof *plain_seen.objective) == 0,
              "%s: the fit differs before it stands", name);
        CHECK(one.report.objective <= plain.report.objective * (1 + 1e2 * (double)REAL_EPS), "%s: %.12g above %.12g",
              name, one.report.objective, plain.report.objective);
        CHECK(one.report.escapes_kept > 0 ||
                  (same_models(&one, &plain) && one.report.stop == plain.report.stop &&
                   one.report.kkt_residual == plain.report.kkt_residual &&
                   memcmp(&one.report.remaining, &plain.report.remaining, sizeof(double)) == 0),
              "%s: all attempts were in vain, and the point is another", name);
        CHECK(same_models(&one, &other) && one.report.sweeps == other.report.sweeps &&
                  one.report.escapes_kept == other.report.escapes_kept,
              "%s: other bits for two threads", name);
        CHECK(attempts <= w->escapes || w->escapes < 0, "%s: %d attempts", name, (int)attempts);
        check_constraints(&one, w);
    }
    free_fitting(&plain);
    free_fitting(&one);
    free_fitting(&other);
    free_planted(&p);
    free(weights.memory);
    return attempts;
}

static void test_escapes_are_monotone_for_all_losses_rules_and_priors(void **state)
{
    (void)state;
    static const char *const losses[] = {"frobenius", "kl", "is", "beta"};
    static const char *const priors[] = {"nonneg", "nonneg,l1=0.05,l2=0.1", "simplex", "nonneg,upper=1"};
    int64_t attempts = 0, kept = 0;
    for (int l = 0; l < COUNT_OF(losses); l++)
        for (int p = 0; p < COUNT_OF(priors); p++)
            for (int storage = 0; storage < 3; storage++)
                for (int order = 2; order <= 3; order++) {
                    const way w = {losses[l], "auto", priors[p], "on", order, storage, 1, 6};
                    attempts += check_way(&w, &kept);
                }
    CHECK(attempts > 100, "%d attempts only", (int)attempts);
    CHECK(kept > 10, "%d kept only", (int)kept);
}

static void test_escapes_are_monotone_for_every_rule(void **state)
{
    (void)state;
    int64_t attempts = 0, kept = 0;
    for (int u = 0; rlra_member_at("update", u) != NULL; u++)
        for (int off = 0; off < 2; off++) {
            const char *const rule = rlra_member_at("update", u)->name;
            const way squares = {"frobenius", rule, "nonneg", off ? "off" : "on", 2, 0, 1, -1};
            const way kl = {"kl", rule, "nonneg", off ? "off" : "on", 2, 0, 1, 4};
            attempts += check_way(&squares, &kept);
            attempts += check_way(&kl, &kept);
        }
    CHECK(attempts > 20, "%d attempts only", (int)attempts);
}

/* One component, several terms, an exact fit: nothing to replace. */
static void test_there_are_no_escapes_where_nothing_can_be_replaced(void **state)
{
    (void)state;
    planted p = plant(9, 2, dims[0], 3, 0, 0.2);
    for (int rank = 1; rank <= 2; rank++) {
        fitting f = make_fitting(&p.data.array, rank, "nonneg");
        rlra_plan plan;
        f.options.escapes = 5;
        f.options.decrease = 1e-3;
        if (rank == 2)
            MUST(&f, rlra_problem_add_dense(f.problem, &p.data.array, 2, NULL));
        MUST(&f, rlra_fit_plan(f.problem, &f.options, rank, &plan));
        run_fit(&f);
        CHECK(f.report.escapes == 0, "rank %d: %d escapes", rank, (int)f.report.escapes);
        CHECK(plan.no_escapes[0] != '\0', "rank %d: the plan does not say so", rank);
        free_fitting(&f);
    }
    free_planted(&p);
}

/* A limit that falls into an attempt: the better point is kept, with what was known of it. */
static void test_a_limit_within_an_attempt_keeps_the_best_point(void **state)
{
    (void)state;
    planted p = plant(5, 2, dims[0], 6, 0.4, 0.3);
    seen s;
    const view none = {0};
    const way w = {"frobenius", "auto", "nonneg", "on", 2, 0, 1, 6};
    way without = w;
    without.escapes = 0;
    fitting plain = make(&without, &p, &none, &s);
    run_fit(&plain);
    for (int more = 1; more < 40; more++) {
        fitting f = make(&w, &p, &none, &s);
        f.options.max_sweeps = plain.report.sweeps + more;
        run_fit(&f);
        CHECK(f.report.sweeps <= plain.report.sweeps + more, "%d sweeps", (int)f.report.sweeps);
        CHECK(f.report.objective <= plain.report.objective, "%d more: %.12g above %.12g", more, f.report.objective,
              plain.report.objective);
        CHECK(f.report.escapes_kept > 0 || f.report.stop == plain.report.stop, "%d more: stop %d", more,
              (int)f.report.stop);
        free_fitting(&f);
    }
    free_fitting(&plain);
    free_planted(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escapes_are_monotone_for_all_losses_rules_and_priors),
        cmocka_unit_test(test_escapes_are_monotone_for_every_rule),
        cmocka_unit_test(test_there_are_no_escapes_where_nothing_can_be_replaced),
        cmocka_unit_test(test_a_limit_within_an_attempt_keeps_the_best_point),
    };
    return cmocka_run_group_tests_name("escapes", tests, NULL, NULL);
}
