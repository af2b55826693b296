/* Every form, with and without maps, against the full array: what operators see, Gram matrices, right-hand sides and norms as
 * functions of each factor. */
#include "core/arena.h"
#include "form/form.h"
#include "support/support.h"

#define MOST_ENTRIES 4096

/* A form with random factors, and the same in plain arrays of doubles. */
typedef struct scene {
    form form;
    rlra_context *context;
    arena work;
    int order, count;
    int numbers[FORM_MOST_FACTORS];
    factor x[FORM_MOST_FACTORS];
    double *gram[FORM_MOST_FACTORS];
    factor map[RLRA_MAX_ORDER]; /* at NULL: none */
    char name[120];
} scene;

static double at(factor f, ptrdiff_t i, ptrdiff_t k)
{
    return (double)*entry(f, i, k);
}

static void fill_gram(factor x, double *gram)
{
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t l = 0; l < x.rank; l++) {
            gram[k * x.rank + l] = 0;
            for (ptrdiff_t i = 0; i < x.length; i++)
                gram[k * x.rank + l] += at(x, i, k) * at(x, i, l);
        }
}

/* Factors are numbered backwards, so that no mode has the number of its factor. */
static void open_scene(scene *s, const form_ops *ops, int order, unsigned mapped)
{
    numbers from = {(uint64_t)(order * 16 + (int)mapped), 0};
    int64_t ranks[RLRA_MAX_ORDER], length, rank;
    *s = (scene){.order = order, .count = order + ops->cores};
    snprintf(s->name, sizeof s->name, "%s, order %d, maps %u", ops->about.name, order, mapped);
    assert_int_equal(rlra_context_create(NULL, &s->context), RLRA_OK);
    s->form = (form){.ops = ops,
                     .order = order,
                     .threads = 1,
                     .kernels = RLRA(kernels_best)(),
                     .numbers = s->numbers,
                     .x = s->x,
                     .gram = s->gram};
    for (int m = 0; m < order; m++) {
        const int is_mapped = (int)(mapped >> m & 1);
        const ptrdiff_t rows = 3 + m, columns = is_mapped ? 2 + m % 2 : rows;
        ranks[m] = ops->has_components ? 3 : 2 + m % 2;
        s->numbers[m] = order - m;
        s->x[order - m] = normal_factor(&from, columns, ranks[m]);
        s->form.dims[m] = rows;
        if (is_mapped) {
            s->map[m] = normal_factor(&from, rows, columns);
            s->form.map[m] = (factor){.length = rows, .rank = columns};
        }
    }
    if (ops->cores > 0) {
        ops->core_shape(order, ranks, &length, &rank);
        s->x[0] = normal_factor(&from, length, rank);
        s->numbers[order] = 0;
    }
    for (int at = 0; at < s->count; at++) {
        const int n = s->numbers[at];
        s->gram[n] = malloc((size_t)(s->x[n].rank * s->x[n].rank) * sizeof(double));
        fill_gram(s->x[n], s->gram[n]);
    }
    RLRA(form_plan)(&s->form, &s->work);
    assert_int_equal(rlra_arena_allocate(s->context, &s->work, "a form"), RLRA_OK);
    RLRA(form_plan)(&s->form, &s->work);
    for (int m = 0; m < order; m++)
        if (s->map[m].at != NULL) {
            factor_copy(s->map[m], s->form.map[m]);
            fill_gram(s->map[m], s->form.map_gram[m]);
        }
}

static void close_scene(scene *s)
{
    for (int at = 0; at < s->count; at++) {
        free(s->x[s->numbers[at]].at);
        free(s->gram[s->numbers[at]]);
    }
    for (int m = 0; m < s->order; m++)
        free(s->map[m].at);
    rlra_arena_free(s->context, &s->work);
    rlra_context_destroy(s->context);
}

/* Entry (i, k) of the factor of a mode: that of D F, or of F. */
static double mode_entry(const scene *s, int mode, ptrdiff_t i, ptrdiff_t k)
{
    const factor x = s->x[s->numbers[mode]], d = s->map[mode];
    double sum = 0;
    if (d.at == NULL)
        return at(x, i, k);
    for (ptrdiff_t p = 0; p < d.rank; p++)
        sum += at(d, i, p) * at(x, p, k);
    return sum;
}

/* Next index below `limits`; 0 behind the last. */
static int advance(int count, const ptrdiff_t *limits, ptrdiff_t *index)
{
    for (int m = count - 1; m >= 0; m--) {
        if (++index[m] < limits[m])
            return 1;
        index[m] = 0;
    }
    return 0;
}

/* The model at an index, from the definition of its form. */
static double model_entry(const scene *s, const ptrdiff_t *index)
{
    ptrdiff_t ranks[RLRA_MAX_ORDER], k[RLRA_MAX_ORDER] = {0};
    double sum = 0;
    for (int m = 0; m < s->order; m++)
        ranks[m] = s->x[s->numbers[m]].rank;
    if (strcmp(s->form.ops->about.name, "kruskal") == 0) {
        for (ptrdiff_t c = 0; c < ranks[0]; c++) {
            double product = 1;
            for (int m = 0; m < s->order; m++)
                product *= mode_entry(s, m, index[m], c);
            sum += product;
        }
        return sum;
    }
    assert_string_equal(s->form.ops->about.name, "tucker");
    do {
        ptrdiff_t column = 0;
        for (int m = 1; m < s->order; m++)
            column = column * ranks[m] + k[m];
        double product = at(s->x[s->numbers[s->order]], k[0], column);
        for (int m = 0; m < s->order; m++)
            product *= mode_entry(s, m, index[m], k[m]);
        sum += product;
    } while (advance(s->order, ranks, k));
    return sum;
}

static void near(const scene *s, double came, double expected, double size, const char *what)
{
    CHECK(fabs(came - expected) <= sum_tolerance(256, size + 1), "%s: %s: %g, not %g", s->name, what, came, expected);
}

/* The sum of rank-one arrays that operators see is the model. */
static void check_model(scene *s)
{
    factor seen[RLRA_MAX_ORDER];
    ptrdiff_t index[RLRA_MAX_ORDER] = {0};
    double norm2 = 0;
    RLRA(form_model)(&s->form, seen);
    do {
        const double expected = model_entry(s, index);
        double sum = 0, size = 0;
        for (ptrdiff_t c = 0; c < seen[0].rank; c++) {
            double product = 1;
            for (int m = 0; m < s->order; m++)
                product *= at(seen[m], index[m], c);
            sum += product;
            size += fabs(product);
        }
        near(s, sum, expected, size, "an entry");
        norm2 += expected * expected;
    } while (advance(s->order, s->form.dims, index));
    near(s, RLRA(form_norm2)(&s->form), norm2, 16 * norm2, "the squared norm");
}

/* Along the mode of factor `place` each index of the other modes has a row of the design: the slope of the model with D F there. */
static ptrdiff_t design_of(scene *s, int place, const form_view *v, double *design)
{
    const factor x = s->x[s->numbers[place]];
    ptrdiff_t dims[RLRA_MAX_ORDER], index[RLRA_MAX_ORDER] = {0}, rows = 0;
    memcpy(dims, s->form.dims, sizeof dims);
    dims[v->mode] = 1;
    do {
        for (ptrdiff_t k = 0; k < x.rank; k++) {
            double sum = 0;
            for (ptrdiff_t c = 0; c < v->inner; c++) {
                double product = v->fold.at == NULL ? c == k : at(v->fold, c, k);
                for (int m = 0; m < s->order; m++)
                    product *= m == v->mode ? 1 : at(v->seen[m].at, index[m], c);
                sum += product;
            }
            design[rows * x.rank + k] = sum;
        }
        rows++;
    } while (advance(s->order, dims, index));
    return rows;
}

/* The model along the mode, from D F and the design. */
static void check_view(scene *s, int place)
{
    static double design[MOST_ENTRIES], expected[MOST_ENTRIES];
    const factor x = s->x[s->numbers[place]];
    form_view v;
    s->form.ops->view(&s->form, place, &v);
    const ptrdiff_t rows = design_of(s, place, &v, design), square = x.rank * x.rank;
    ptrdiff_t dims[RLRA_MAX_ORDER], index[RLRA_MAX_ORDER] = {0}, row = 0;
    memcpy(dims, s->form.dims, sizeof dims);
    dims[v.mode] = 1;
    do {
        for (ptrdiff_t i = 0; i < s->form.dims[v.mode]; i++) {
            double sum = 0, size = 0;
            for (ptrdiff_t k = 0; k < x.rank; k++)
                for (ptrdiff_t p = 0; p < x.length; p++) {
                    const double left = v.left.at == NULL ? p == i : at(v.left, i, p);
                    sum += left * at(x, p, k) * design[row * x.rank + k];
                    size += fabs(left * at(x, p, k) * design[row * x.rank + k]);
                }
            index[v.mode] = i;
            near(s, sum, model_entry(s, index), 8 * size, "the model as a function of a factor");
        }
        index[v.mode] = 0;
        row++;
    } while (advance(s->order, dims, index));
    double *const gram = calloc((size_t)square, sizeof *gram), size = 0;
    for (ptrdiff_t e = 0; e < square; e++) {
        expected[e] = 0;
        for (ptrdiff_t j = 0; j < rows; j++)
            expected[e] += 2.5 * design[j * x.rank + e / x.rank] * design[j * x.rank + e % x.rank];
        size = fmax(size, fabs(expected[e]));
    }
    RLRA(form_add_gram)(&s->form, &v, x.rank, 2.5, gram);
    for (ptrdiff_t e = 0; e < square; e++)
        near(s, gram[e], expected[e], 16 * size, "the Gram matrix");
    for (ptrdiff_t p = 0; v.left.at != NULL && p < x.length * x.length; p++) {
        double sum = 0;
        for (ptrdiff_t i = 0; i < v.left.length; i++)
            sum += at(v.left, i, p / x.length) * at(v.left, i, p % x.length);
        near(s, v.left_gram[p], sum, 64, "the Gram matrix of the map");
    }
    free(gram);
}

/* D^T X A C, from a contraction by plain loops. */
static void check_rhs(scene *s, int place)
{
    static double design[MOST_ENTRIES];
    numbers from = {77, 0};
    const factor x = s->x[s->numbers[place]];
    form_view v;
    s->form.ops->view(&s->form, place, &v);
    const ptrdiff_t length = s->form.dims[v.mode];
    const ptrdiff_t rows = design_of(s, place, &v, design);
    const factor product = make_factor(length, v.inner), room = make_factor(length, x.rank),
                 rhs = make_factor(x.length, x.rank);
    double *const data = malloc((size_t)(length * rows) * sizeof *data);
    for (ptrdiff_t e = 0; e < length * rows; e++)
        data[e] = normal(&from);
    for (ptrdiff_t i = 0; i < length; i++)
        for (ptrdiff_t c = 0; c < v.inner; c++) {
            ptrdiff_t dims[RLRA_MAX_ORDER], index[RLRA_MAX_ORDER] = {0}, j = 0;
            double sum = 0;
            memcpy(dims, s->form.dims, sizeof dims);
            dims[v.mode] = 1;
            do {
                double of_seen = 1;
                for (int m = 0; m < s->order; m++)
                    of_seen *= m == v.mode ? 1 : at(v.seen[m].at, index[m], c);
                sum += data[i * rows + j++] * of_seen;
            } while (advance(s->order, dims, index));
            *entry(product, i, c) = (real)sum;
        }
    if (!form_is_plain(&v)) {
        RLRA(form_fold)(&s->form, &v, product, room, rhs);
        for (ptrdiff_t p = 0; p < x.length; p++)
            for (ptrdiff_t k = 0; k < x.rank; k++) {
                double sum = 0, size = 0;
                for (ptrdiff_t i = 0; i < length; i++)
                    for (ptrdiff_t j = 0; j < rows; j++) {
                        const double left = v.left.at == NULL ? i == p : at(v.left, i, p);
                        sum += left * data[i * rows + j] * design[j * x.rank + k];
                        size += fabs(left * data[i * rows + j] * design[j * x.rank + k]);
                    }
                near(s, at(rhs, p, k), sum, 16 * size, "a right-hand side");
            }
    }
    free(data);
    free(product.at);
    free(room.at);
    free(rhs.at);
}

static void test_forms_agree_with_the_full_array(void **state)
{
    (void)state;
    for (int member = 0; RLRA(form_at)(member) != NULL; member++)
        for (int order = 2; order <= 4; order++)
            for (unsigned mapped = 0; mapped < 1u << order; mapped++) {
                scene s;
                open_scene(&s, RLRA(form_at)(member), order, mapped);
                check_model(&s);
                for (int place = 0; place < s.count; place++) {
                    check_view(&s, place);
                    check_rhs(&s, place);
                }
                close_scene(&s);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_forms_agree_with_the_full_array)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
