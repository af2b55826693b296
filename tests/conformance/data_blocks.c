/* conformance/data_blocks.c: every rule on each layout of the data that it declares takes the steps it takes on plain rows, and
 * ends at their least objective. */
#include "block/kkt.h"
#include "linalg/gather.h"
#include "support/row_blocks.h"

#define ROWS   7
#define RANK   4
#define LENGTH 90
#define PARTS  3

/* Plain rows; and the same problem in another layout, with memory of its own. */
typedef struct pair {
    row_trial plain;
    row_trial other;
    factor up;
    real *rows, *across;
    sparse_rows stored;
    double sums[ROWS * RANK];
    data_part parts[PARTS + 1];
} pair;

typedef struct layout_case {
    unsigned shape;
    const char *name;
    int is_kl; /* it is for this loss only */
    void (*pose)(pair *p);
} layout_case;

/* Row by row, as linalg/gather.h wants it. */
static void pose_rows(pair *p)
{
    const ptrdiff_t stride = (RANK + GATHER_ALIGNMENT - 1) / GATHER_ALIGNMENT * GATHER_ALIGNMENT;
    p->rows = aligned_scratch((size_t)(LENGTH * stride) * sizeof(real));
    for (ptrdiff_t e = 0; e < LENGTH * stride; e++)
        p->rows[e] = e % stride < RANK ? *entry(p->plain.design, e / stride, e % stride) : 0;
    p->other.part.design.rows = p->rows;
    p->other.part.design.rows_stride = stride;
}

static void pose_across(pair *p)
{
    const ptrdiff_t stride = ROWS + 9;
    pose_rows(p);
    p->across = aligned_scratch((size_t)(LENGTH * stride) * sizeof(real));
    for (ptrdiff_t i = 0; i < ROWS; i++)
        for (ptrdiff_t j = 0; j < LENGTH; j++)
            p->across[i + j * stride] = p->plain.y[i * p->plain.part.y_stride + j];
    p->other.part.y_step = stride;
}

static void pose_stored(pair *p)
{
    sparse_rows *const to = &p->stored;
    pose_rows(p);
    to->starts = calloc(ROWS + 1, sizeof *to->starts);
    to->indices = malloc(ROWS * LENGTH * sizeof *to->indices);
    to->values = malloc(ROWS * LENGTH * sizeof *to->values);
    for (ptrdiff_t i = 0; i < ROWS; i++) {
        for (ptrdiff_t j = 0; j < LENGTH; j++) {
            const real y = p->plain.y[i * p->plain.part.y_stride + j];
            if (y == 0)
                continue;
            to->indices[to->count] = (int32_t)j;
            to->values[to->count++] = y;
        }
        to->starts[i + 1] = to->count;
    }
    p->other.part.stored = to;
}

/* Sums that are all alike: whether each row gets its own is seen by test_entries_that_are_not_observed_are_left_out(). */
static void pose_own_sums(pair *p)
{
    for (ptrdiff_t e = 0; e < ROWS * RANK; e++)
        p->sums[e] = p->plain.sums[e % RANK];
    p->other.part.design.sums_stride = RANK;
}

static void pose_slopes(pair *p)
{
    p->up = make_factor(ROWS, RANK);
    const factor down = make_factor(ROWS, RANK);
    p->plain.scratch = aligned_scratch(RLRA(rows_bytes)(ROWS, RANK));
    RLRA(rows_slopes)(trial_block(&p->plain), p->plain.x, p->up, down, NULL, p->plain.scratch);
    p->other.block.up = p->up;
    p->other.block.knows_up = 1;
    free(down.at);
}

/* Unequal parts of the entries; the last part has the weight 2 for entries that the plain rows have twice. */
static data_part part_of(const pair *p, int n)
{
    static const ptrdiff_t begins[PARTS + 1] = {0, 11, 12, LENGTH / 2 + 6};
    data_part part = p->plain.part;
    const factor all = p->plain.design;
    part.y = p->plain.y + begins[n];
    part.design.columns = (factor){all.at + begins[n], begins[n + 1] - begins[n], RANK, all.stride};
    part.weight = n == PARTS - 1 ? 2 : 1;
    return part;
}

static void sum_part(data_part *part, double *sums)
{
    const factor a = part->design.columns;
    for (ptrdiff_t k = 0; k < RANK; k++) {
        sums[k] = 0;
        for (ptrdiff_t j = 0; j < a.length; j++)
            sums[k] += (double)*entry(a, j, k);
    }
    part->design.sums = sums;
    part->design.sums_stride = 0;
}

/* The second half of the last part is the first half once more. */
static void repeat_entries(row_trial *t)
{
    const ptrdiff_t count = LENGTH - (LENGTH / 2 + 6), from = LENGTH / 2 + 6 - count;
    for (ptrdiff_t j = 0; j < count; j++) {
        for (ptrdiff_t i = 0; i < ROWS; i++)
            t->y[i * t->part.y_stride + from + count + j] = t->y[i * t->part.y_stride + from + j];
        for (ptrdiff_t k = 0; k < RANK; k++)
            *entry(t->design, from + count + j, k) = *entry(t->design, from + j, k);
    }
}

static void pose_parts(pair *p)
{
    p->other.block.parts = PARTS;
    for (int n = 0; n < PARTS; n++) {
        p->parts[n] = part_of(p, n);
        sum_part(&p->parts[n], p->sums + n * RANK);
    }
}

static void pose_slopes_of_parts(pair *p)
{
    pose_slopes(p);
    pose_parts(p);
}

static const layout_case cases[] = {
    {BLOCK_ACROSS, "rows side by side", 0, pose_across},
    {BLOCK_STORED, "stored rows", 1, pose_stored},
    {BLOCK_OWN_SUMS, "sums of each row", 1, pose_own_sums},
    {BLOCK_SLOPES, "known slopes", 1, pose_slopes},
    {BLOCK_PARTS, "several parts", 0, pose_parts},
    {BLOCK_PARTS, "known slopes of several parts", 1, pose_slopes_of_parts},
};

static pair make_pair(numbers *from, const update_ops *rule, const penalty_list *list, double beta)
{
    pair p = {.plain = make_row_trial(from, ROWS, RANK, LENGTH, RLRA(loss_find)("beta", beta))};
    row_trial *const t = &p.plain;
    t->rule = rule;
    t->list = *list;
    for (ptrdiff_t e = 0; beta > 0 && e < ROWS * LENGTH; e++)
        t->y[e / LENGTH * t->part.y_stride + e % LENGTH] *= uniform(from) < 0.5 ? 0 : 3;
    repeat_entries(t);
    for (ptrdiff_t k = 0; k < RANK; k++) {
        t->sums[k] = 0;
        for (ptrdiff_t j = 0; j < LENGTH; j++)
            t->sums[k] += (double)*entry(t->design, j, k);
    }
    for (ptrdiff_t i = 0; i < ROWS; i++) {
        double row[RANK];
        draw_row(from, list, row, RANK);
        row[i % RANK] = i % 2 == 0 ? 0 : row[i % RANK]; /* some will be locked */
        for (ptrdiff_t k = 0; k < RANK; k++)
            *entry(t->x, i, k) = (real)fmax(row[k] + (k == 0), t->block.floor);
    }
    RLRA(penalties_project)(list, t->x);
    return p;
}

/* Both, so many rounds from the same point; p->other ends with its KKT residual in *kkt. */
static void run(pair *p, const layout_case *layout, int rounds, double tolerance, double *kkt)
{
    p->other = p->plain;
    p->other.x = copy_factor(p->plain.x);
    p->other.scratch = aligned_scratch(p->other.rule->regress_bytes(ROWS, RANK, LENGTH));
    layout->pose(p);
    block *const b = trial_block(&p->other);
    p->other.part.y = p->across != NULL ? p->across : p->other.part.y;
    p->other.part.design.sums = p->other.part.design.sums_stride > 0 ? p->sums : p->other.part.design.sums;
    b->part = b->parts > 1 ? p->parts : b->part;
    b->inner_sweeps = rounds;
    b->tolerance = tolerance;
    const unsigned shapes = RLRA(block_shapes)(b);
    CHECK((shapes & layout->shape) != 0 && (shapes & ~p->other.rule->shapes) == 0, "%s", layout->name);
    p->other.rule->regress(b);
    regress_rule(&p->plain, rounds, tolerance);
    const factor up = make_factor(ROWS, RANK), down = make_factor(ROWS, RANK);
    double slack[ROWS], size[ROWS], pull[ROWS], worst[ROWS];
    const kkt_parts parts = {slack, size, pull, worst};
    void *const scratch = aligned_scratch(RLRA(rows_bytes)(ROWS, RANK));
    RLRA(rows_slopes)(b, p->other.x, up, down, NULL, scratch);
    RLRA(kkt_parts_of_rows)(b, p->other.x, up, down, &parts);
    *kkt = RLRA(kkt_of_parts)(&parts, ROWS);
    free(scratch);
    free(up.at);
    free(down.at);
}

static void free_pair(pair *p)
{
    free(p->other.x.at);
    free(p->other.scratch);
    free(p->rows);
    free(p->across);
    free(p->up.at);
    free(p->stored.starts);
    free(p->stored.indices);
    free(p->stored.values);
    free_row_trial(&p->plain);
}

/* Few rounds take the same steps but for rounding. */
static void try_steps(numbers *from, const update_ops *rule, const penalty_list *list, double beta,
                      const layout_case *layout)
{
    pair p = make_pair(from, rule, list, beta);
    double kkt;
    run(&p, layout, 11, 0, &kkt);
    for (ptrdiff_t i = 0; i < ROWS; i++)
        for (ptrdiff_t k = 0; k < RANK; k++) {
            const double x = (double)*entry(p.other.x, i, k), y = (double)*entry(p.plain.x, i, k);
            CHECK(fabs(x - y) <= 4e3 * (double)REAL_EPS * (1 + y), "%s, %s, beta %g, %s: %.17g, not %.17g",
                  rule->about.name, layout->name, beta, list_name(list), x, y);
        }
    CHECK(gaps_are_untouched(p.other.x.at, RANK, ROWS, p.other.x.stride), "%s", layout->name);
    free_pair(&p);
}

/* Rounds that bring a rule to its end: steps that shrink with the entries come near zeros slowly. */
static int rounds_of(const update_ops *rule)
{
    const int is_slow = strcmp(rule->about.name, "mu") == 0 || strcmp(rule->about.name, "nolips") == 0;
    return is_slow ? 10000 : 2000;
}

/* Many rounds end at the least objective, and the KKT residual shows it. */
static void try_end(numbers *from, const update_ops *rule, const penalty_list *list, double beta,
                    const layout_case *layout)
{
    if (!(beta >= 1 && beta <= 2))
        return;
    pair p = make_pair(from, rule, list, beta);
    double kkt, best[RANK], x[RANK], size;
    run(&p, layout, rounds_of(rule), 0, &kkt);
    CHECK(kkt < (sizeof(real) == 4 ? 3e-4 : 3e-5), "%s, %s, beta %g, %s: %g", rule->about.name, layout->name, beta,
          list_name(list), kkt);
    for (ptrdiff_t i = 0; i < ROWS; i++) {
        for (ptrdiff_t k = 0; k < RANK; k++)
            x[k] = (double)*entry(p.other.x, i, k);
        const double least = least_objective(&p.plain, i, best), found = objective_at(&p.plain, i, x, &size);
        CHECK(found >= least - 64 * DBL_EPSILON * size, "the plain loops end above %.17g, at %.17g", found, least);
        CHECK(found <= least + 1e-7 * size + 64 * (double)REAL_EPS * size, "%s, %s, beta %g, %s: %.17g, not %.17g",
              rule->about.name, layout->name, beta, list_name(list), found, least);
    }
    free_pair(&p);
}

static void try_all(uint64_t seed, void (*try)(numbers *from, const update_ops *rule, const penalty_list *list,
                                               double beta, const layout_case *layout))
{
    static const double betas[] = {1, 0, 1.5, 0.5, 3};
    numbers from = {seed, 0};
    penalty_list lists[MOST_LISTS];
    const int count = make_lists(&from, lists);
    for (int e = 0; e < COUNT_OF(cases); e++) {
        int tried = 0;
        for (int u = 0; RLRA(update_at)(u) != NULL; u++)
            for (int b = 0; b < COUNT_OF(betas); b++)
                for (int c = (u + b) % test_share(); c < count; c += test_share()) {
                    const update_ops *const rule = RLRA(update_at)(u);
                    const posed_loss loss = RLRA(loss_find)("beta", betas[b]);
                    if ((rule->shapes & cases[e].shape) == 0 || (rule->losses & loss.kind) == 0 ||
                        (cases[e].is_kl && betas[b] != 1) || !RLRA(penalties_nonneg)(&lists[c]) ||
                        (RLRA(penalties_kinds)(&lists[c]) & ~rule->takes) != 0)
                        continue;
                    try(&from, rule, &lists[c], betas[b], &cases[e]);
                    tried++;
                }
        CHECK(tried > 0, "no rule declares %s", cases[e].name);
    }
}

static void test_rules_take_the_same_steps_on_each_layout_they_declare(void **state)
{
    (void)state;
    try_all(1, try_steps);
}

static void test_rules_end_at_the_least_objective_on_each_layout_they_declare(void **state)
{
    (void)state;
    try_all(2, try_end);
}

/* A row whose last entries are not observed: zeros that its own sums leave out. */
static void test_entries_that_are_not_observed_are_left_out(void **state)
{
    (void)state;
    numbers from = {3, 0};
    const penalty_list nonneg = {.count = 1, .item = {{RLRA(penalty_at)(member_index("nonneg")), 1}}};
    for (int u = 0; RLRA(update_at)(u) != NULL; u++) {
        const update_ops *const rule = RLRA(update_at)(u);
        if ((rule->shapes & BLOCK_OWN_SUMS) == 0)
            continue;
        pair p = make_pair(&from, rule, &nonneg, 1);
        double sums[ROWS * RANK] = {0};
        for (ptrdiff_t i = 0; i < ROWS; i++)
            for (ptrdiff_t j = 0; j < LENGTH; j++) {
                const int is_observed = j < LENGTH - 5 * i;
                p.plain.y[i * p.plain.part.y_stride + j] *= (real)is_observed;
                for (ptrdiff_t k = 0; k < RANK; k++)
                    sums[i * RANK + k] += is_observed * (double)*entry(p.plain.design, j, k);
            }
        row_trial whole = p.plain;
        whole.x = copy_factor(p.plain.x);
        whole.scratch = aligned_scratch(rule->regress_bytes(ROWS, RANK, LENGTH));
        whole.part.design.sums_stride = RANK;
        block *const b = trial_block(&whole);
        whole.part.design.sums = sums;
        b->inner_sweeps = 9;
        rule->regress(b);
        for (ptrdiff_t i = 0; i < ROWS; i++) {
            row_trial row = p.plain;
            row.x = factor_rows(p.plain.x, i, i + 1);
            row.y += i * row.part.y_stride;
            row.sums = sums + i * RANK;
            row.scratch = NULL;
            row.part.design.columns.length = LENGTH - 5 * i;
            regress_rule(&row, 9, 0);
            free(row.scratch);
            for (ptrdiff_t k = 0; k < RANK; k++) {
                const double x = (double)*entry(whole.x, i, k), y = (double)*entry(row.x, 0, k);
                CHECK(fabs(x - y) <= 4e3 * (double)REAL_EPS * (1 + y), "%s: %.17g, not %.17g", rule->about.name, x, y);
            }
        }
        free(whole.x.at);
        free(whole.scratch);
        free_pair(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_take_the_same_steps_on_each_layout_they_declare),
        cmocka_unit_test(test_rules_end_at_the_least_objective_on_each_layout_they_declare),
        cmocka_unit_test(test_entries_that_are_not_observed_are_left_out),
    };
    return cmocka_run_group_tests_name("data_blocks", tests, NULL, NULL);
}
