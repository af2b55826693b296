/* property/stream.c: a fit to data that stay in their file is the fit to the same data in memory, to the bit. */
#include "rlra/rlra.h"
#include "support/fitting.h"
#include "support/folder.h"

/* One way to fit. */
typedef struct way {
    const char *loss, *init, *update, *pass, *extrapolate;
} way;

static const way ways[] = {
    {"frobenius", "auto", "auto", "auto", "on"},     {"frobenius", "random", "mu", "auto", "off"},
    {"frobenius", "random", "auto", "modes", "off"}, {"kl", "auto", "auto", "auto", "on"},
    {"is", "random", "mu", "auto", "off"},
};

/* `ways`: bits of those that are tried; walks across the file take long where its rows are. */
static const struct {
    int order;
    int64_t dims[RLRA_MAX_ORDER];
    unsigned ways;
    int sweeps;
} kinds[] = {
    {2, {2000, 41}, 31, 5},   {2, {41, 1500}, 9, 5},    {2, {7, 10000}, 2, 1},
    {3, {60, 50, 40}, 13, 5}, {3, {300, 20, 15}, 1, 5}, {4, {30, 9, 10, 11}, 9, 5},
};

/* A .npy file of an array in C or Fortran order; little-endian, as these machines are. */
static void write_npy(const char *path, const rlra_array *array, const real *memory, int fortran)
{
    char header[192] = "\x93NUMPY\x01\x00\xb6\x00";
    int used = snprintf(header + 10, 180, "{'descr': '<f%d', 'fortran_order': %s, 'shape': (", (int)sizeof(real),
                        fortran ? "True" : "False");
    for (int m = 0; m < array->order; m++)
        used += snprintf(header + 10 + used, (size_t)(180 - used), "%lld,", (long long)array->dims[m]);
    used += snprintf(header + 10 + used, (size_t)(180 - used), "), }");
    memset(header + 10 + used, ' ', (size_t)(182 - used));
    header[191] = '\n';
    FILE *const file = fopen(path, "wb");
    assert_non_null(file);
    const size_t count = (size_t)rlra_array_count(array);
    assert_true(fwrite(header, 1, 192, file) == 192 && fwrite(memory, sizeof(real), count, file) == count);
    assert_int_equal(fclose(file), 0);
}

/* Data in the order of the file, all positive. */
static view positive_view(int kind, int fortran)
{
    numbers from = {(uint64_t)kind, 0};
    const arrangement how = {"packed", fortran ? permutations(kinds[kind].order) - 1 : 0, 1, 0, 0};
    const view v = empty_view(kinds[kind].order, kinds[kind].dims, &how);
    for (int64_t e = 0; e < rlra_array_count(&v.array); e++)
        v.memory[e] = (real)(0.1 + uniform(&from));
    return v;
}

static void set_way(fitting *f, const way *w, int sweeps, int threads)
{
    f->options.max_sweeps = sweeps;
    f->options.tolerance = f->options.decrease = 0;
    f->options.threads = threads;
    const char *const named[][2] = {{"loss", w->loss},
                                    {"init", w->init},
                                    {"update", w->update},
                                    {"pass", w->pass},
                                    {"extrapolate", w->extrapolate}};
    for (int i = 0; i < COUNT_OF(named); i++)
        MUST(f, rlra_options_set(f->context, &f->options, named[i][0], named[i][1]));
}

static fitting streamed(rlra_stream *stream, rlra_context *context, int64_t memory, ptrdiff_t rank)
{
    const rlra_array *const array = rlra_stream_array(stream);
    fitting f = {.context = context, .options = rlra_options_default()};
    MUST(&f, rlra_problem_create(context, &f.problem));
    MUST(&f, rlra_model_create(context, REAL_DTYPE, array->order, array->dims, rank, &f.model));
    MUST(&f, rlra_problem_add_stream(f.problem, stream, memory, 1, NULL));
    for (int n = 0; n < array->order; n++)
        MUST(&f, rlra_problem_add_prior(f.problem, n, "nonneg"));
    return f;
}

static void free_streamed(fitting *f)
{
    rlra_model_destroy(f->model);
    rlra_problem_destroy(f->problem);
}

/* The least that works in bytes, from the message. */
static int64_t least_memory(rlra_stream *stream, rlra_context *context, const way *w, ptrdiff_t rank, int threads)
{
    fitting f = streamed(stream, context, 1, rank);
    set_way(&f, w, 1, threads);
    assert_int_equal(rlra_fit(f.problem, &f.options, f.model, &f.report), RLRA_ERR_MEMORY);
    const char *const sentence = strstr(rlra_context_message(context), "give at least ");
    assert_non_null(sentence);
    free_streamed(&f);
    return (int64_t)strtoll(sentence + strlen("give at least "), NULL, 10) << 20;
}

static int same_numbers(const rlra_report *a, const rlra_report *b)
{
    return a->objective == b->objective && a->kkt_residual == b->kkt_residual && a->sweeps == b->sweeps &&
           a->start_objective == b->start_objective && a->relative_error == b->relative_error;
}

static void try_way(const view *v, rlra_context *context, rlra_stream *stream, int kind, const way *w)
{
    const ptrdiff_t rank = 4;
    fitting plain = make_fitting(&v->array, rank, "nonneg");
    set_way(&plain, w, kinds[kind].sweeps, 1);
    run_fit(&plain);
    const int is_odd = (kind + (int)(w - ways)) % 2;
    const struct {
        double times; /* the least that works */
        int threads;
    } runs[] = {{1, 1}, {1, is_odd ? 2 : 4}, {is_odd ? 2 : 1e6, 1}};
    for (int r = 0; r < COUNT_OF(runs); r++) {
        const int64_t least = least_memory(stream, context, w, rank, runs[r].threads);
        fitting f = streamed(stream, context, (int64_t)(runs[r].times * (double)least), rank);
        set_way(&f, w, kinds[kind].sweeps, runs[r].threads);
        run_fit(&f);
        CHECK(same_models(&plain, &f) && same_numbers(&plain.report, &f.report),
              "kind %d, %s, %s from %s, pass %s, %g times the least memory, %d threads", kind, w->loss, w->update,
              w->init, w->pass, runs[r].times, runs[r].threads);
        free_streamed(&f);
    }
    free_fitting(&plain);
}

static void test_streamed_fit_is_that_in_memory_to_the_bit(void **state)
{
    char path[128];
    const folder place = make_folder();
    (void)state;
    path_in(place.name, "data.npy", path, sizeof path);
    for (int kind = 0; kind < COUNT_OF(kinds); kind++)
        for (int fortran = 0; fortran < 2; fortran++) {
            rlra_context *context;
            rlra_stream *stream;
            const view v = positive_view(kind, fortran);
            write_npy(path, &v.array, v.memory, fortran);
            assert_int_equal(rlra_context_create(NULL, &context), RLRA_OK);
            CHECK(rlra_stream_open(context, path, NULL, &stream) == RLRA_OK, "%s", rlra_context_message(context));
            for (int w = kind % test_share(); w < COUNT_OF(ways); w += test_share())
                if (kinds[kind].ways >> w & 1)
                    try_way(&v, context, stream, kind, &ways[w]);
            rlra_stream_close(stream);
            rlra_context_destroy(context);
            free(v.memory);
        }
    remove_folder(place.name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_streamed_fit_is_that_in_memory_to_the_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
