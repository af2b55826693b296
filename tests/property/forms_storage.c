/* property/forms_storage.c: forms and maps give the same fits whatever the storage and the number of threads. */
#include "support/forms.h"

/* The stored entries of a dense array, in coordinates. */
static rlra_sparse stored_of(const rlra_array *array, int64_t *indices, real *values)
{
    rlra_sparse made = {.dtype = REAL_DTYPE, .order = array->order, .compressed = -1, .values = values};
    int64_t index[RLRA_MAX_ORDER] = {0};
    memcpy(made.dims, array->dims, sizeof made.dims);
    do {
        const double value = rlra_array_get(array, index);
        if (value == 0)
            continue;
        for (int m = 0; m < array->order; m++)
            indices[m * MOST + made.count] = index[m];
        values[made.count++] = (real)value;
    } while (advance(array->order, array->dims, index));
    for (int m = 0; m < array->order; m++)
        made.indices[m] = indices + m * MOST;
    return made;
}

static void test_sparse_data_give_the_fits_of_dense_ones(void **state)
{
    static const char *const losses[] = {"frobenius", "kl"};
    int64_t indices[RLRA_MAX_ORDER * MOST];
    real values[MOST];
    (void)state;
    for (int way = 0; way < 8; way += test_share()) {
        trial dense, sparse;
        const int order = 2 + way % 2, has_core = way / 2 % 2;
        open_trial(&dense, "dense", order, has_core, 1, "nonneg", 30);
        open_trial(&sparse, "sparse", order, has_core, 0, "nonneg", 30);
        for (int64_t e = 0; e < rlra_array_count(&dense.data); e++)
            if (e % 3 != 0)
                ((real *)dense.data.data)[e] = 0;
        const rlra_sparse stored = stored_of(&dense.data, indices, values);
        rlra_problem_destroy(sparse.f.problem);
        MUST(&sparse.f, rlra_problem_create(sparse.f.context, &sparse.f.problem));
        MUST(&sparse.f, rlra_problem_add_sparse(sparse.f.problem, &stored, 2.5, NULL));
        pose_trial(&sparse, &dense.map[0]);
        for (int n = 0; n < 2; n++) {
            fitting *const f = n == 0 ? &dense.f : &sparse.f;
            /* The scan of the data was of other entries. */
            if (n == 0) {
                rlra_problem_destroy(f->problem);
                MUST(f, rlra_problem_create(f->context, &f->problem));
                MUST(f, rlra_problem_add_dense(f->problem, &dense.data, 2.5, NULL));
                pose_trial(&dense, &dense.map[0]);
            }
            f->options.loss = losses[way / 4];
            f->options.update = way / 4 == 0 ? "auto" : "mu"; /* turns of rules depend on what a sweep costs */
            f->options.init = "random";
            f->options.pass = "modes"; /* factors in the same order, as many rounds for each */
            f->options.inner_sweeps = 2;
            f->options.max_sweeps = 15;
            run_fit(f);
        }
        const double a = dense.f.report.objective, b = sparse.f.report.objective;
        CHECK(fabs(a - b) <= 1e5 * (double)REAL_EPS * a, "way %d: %.9g and %.9g", way, a, b);
        close_trial(&dense);
        close_trial(&sparse);
    }
}

static void test_threads_change_no_bit(void **state)
{
    (void)state;
    for (int has_core = 0; has_core <= 1; has_core++) {
        trial one, two;
        open_trial(&one, "one thread", 3, has_core, 5, "nonneg", 6);
        open_trial(&two, "two threads", 3, has_core, 5, "nonneg", 6);
        one.f.options.threads = 1;
        two.f.options.threads = 2;
        one.f.options.max_sweeps = two.f.options.max_sweeps = 20;
        run_fit(&one.f);
        run_fit(&two.f);
        for (int n = 0; n < one.factors; n++) {
            const factor a = factor_of(&one.f, n), b = factor_of(&two.f, n);
            CHECK(same_bits(a.at, b.at, a.rank, a.length, a.stride), "core %d, factor %d", has_core, n);
        }
        close_trial(&one);
        close_trial(&two);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sparse_data_give_the_fits_of_dense_ones),
        cmocka_unit_test(test_threads_change_no_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
