/* unit/update/hals_groups.c: hals on many components, which it takes in groups, against plain loops over one after the other. */
#include "support/certificates.h"

#include "support/blocks.h"

enum { ROUNDS = 3, MANY = 73 };

/* A Gram matrix that neither favours nor hides an order of components; component `dead` is not seen by the data. */
static void draw(numbers *from, ptrdiff_t rank, ptrdiff_t dead, double *gram)
{
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t l = 0; l <= k; l++) {
            const double g = k == l ? 1 + uniform(from) : 0.6 * uniform(from) / (1 + (double)rank / 16);
            gram[k * rank + l] = gram[l * rank + k] = k == dead || l == dead ? 0 : (double)(real)g;
        }
}

/* Each component in turn: min over x >= 0, or x <= `most` too, of g/2 x^2 - h x + l1 x + l2 x^2. */
static void plainly(factor x, factor rhs, const double *gram, double l1, double l2, double most)
{
    for (int round = 0; round < ROUNDS; round++)
        for (ptrdiff_t k = 0; k < x.rank; k++)
            for (ptrdiff_t i = 0; i < x.length; i++) {
                const double g = gram[k * (x.rank + 1)];
                double left = (double)*entry(rhs, i, k) - l1;
                for (ptrdiff_t l = 0; l < x.rank; l++)
                    left -= l == k ? 0 : gram[k * x.rank + l] * (double)*entry(x, i, l);
                const double to = fmin(fmax(left / (g + 2 * l2), 0), most);
                *entry(x, i, k) = g > 0 ? (real)to : *entry(x, i, k);
            }
}

static void try_block(numbers *from, ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t dead, const char *prior, double l1,
                      double l2, double most)
{
    const penalty_list list = list_of(prior);
    const update_ops *const hals = RLRA(update_find)("hals");
    const rlra_options options = rlra_options_default();
    const rule_settings settings = RLRA(rule_settings_of)(&options);
    const factor x = uniform_factor(from, rows, rank), rhs = uniform_factor(from, rows, rank), plain = copy_factor(x);
    double *const gram = calloc((size_t)(rank * rank), sizeof *gram);
    double *const prepared = malloc(hals->prepared_doubles(rank) * sizeof *prepared);
    const size_t bytes = hals->scratch_bytes(rows, rank);
    void *const scratch = aligned_alloc(64, (bytes + 127) / 64 * 64);
    rule_counts counts = {0};
    draw(from, rank, dead, gram);
    memset(scratch, 0xff, bytes);
    hals->prepare(gram, rank, &list, prepared);
    const block b = {.x = x,
                     .quadratic = {.rhs = rhs, .gram = gram},
                     .penalties = &list,
                     .kernels = RLRA(kernels_best)(),
                     .inner_sweeps = ROUNDS,
                     .prepared = prepared,
                     .scratch = scratch,
                     .settings = &settings,
                     .counts = &counts};
    hals->apply(&b);
    plainly(plain, rhs, gram, l1, l2, most);
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t i = 0; i < rows && k != dead; i++)
            CHECK(fabs((double)*entry(x, i, k) - (double)*entry(plain, i, k)) <= 64 * sum_tolerance(rank, 1),
                  "%s, %td rows, rank %td, component %td: %.17g, not %.17g", prior, rows, rank, k,
                  (double)*entry(x, i, k), (double)*entry(plain, i, k));
    CHECK(gaps_are_untouched(x.at, rank, rows, x.stride), "rank %td", rank);
    assert_in_range(counts.rounds, 1, ROUNDS);
    free(x.at);
    free(rhs.at);
    free(plain.at);
    free(gram);
    free(prepared);
    free(scratch);
}

static void test_groups_equal_one_component_after_the_other(void **state)
{
    (void)state;
    static const ptrdiff_t rows[] = {1, 5, 16, 25, 48, 131}, ranks[] = {1, 8, 31, 32, 33, 40, MANY};
    numbers from = {1, 0};
    for (int r = 0; r < COUNT_OF(rows); r++)
        for (int k = 0; k < COUNT_OF(ranks); k++) {
            const ptrdiff_t dead = ranks[k] > 1 ? ranks[k] / 2 : -1;
            try_block(&from, rows[r], ranks[k], -1, "nonneg", 0, 0, INFINITY);
            try_block(&from, rows[r], ranks[k], dead, "nonneg,l1=0.1,l2=0.2", 0.1, 0.2, INFINITY);
            try_block(&from, rows[r], ranks[k], dead, "nonneg,upper=0.25", 0, 0, 0.25);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_groups_equal_one_component_after_the_other)};
    return cmocka_run_group_tests_name("groups of hals", tests, NULL, NULL);
}
