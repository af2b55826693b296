/* kernels_typed.c: the contenders in one precision; compiled twice. */
#include "kernels.h"

#include <cblas.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "core/real.h"
#include "linalg/kernels.h"

#if defined(RLRA_SINGLE)
#define GEMM        cblas_sgemm
#define SEED_PARITY 1u
#else
#define GEMM        cblas_dgemm
#define SEED_PARITY 0u
#endif

/* The kernels are called on slabs of rows, as a pass calls them. */
enum { SLAB_ROWS = 64 };
enum { FIT_SWEEPS = 6, GEMM_SIZE = 1536, GEMM_REPEATS = 5 };
#define NOISE 0.1

typedef struct contest {
    shape shape;
    ptrdiff_t m, n, r;
    real *y;     /* m x n row-major; for a tensor n is the product of its other modes              */
    real *w, *h; /* r x m and r x n, component-major; also read as m x r and n x r: only numbers count */
    real *out;   /* r x m                                                                          */
    real *z;     /* threads x r x n                                                                */
    int z_threads;
    rlra_context *context;
    rlra_problem *problem;
    rlra_model *model;
    rlra_array start[3];
    rlra_report report;
    uint64_t sink;
} contest;

/* Uniform in [0, 1): splitmix64 of the position. */
static real uniform(uint64_t position)
{
    uint64_t z = (position + 1) * UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (real)((double)((z ^ (z >> 31)) >> 11) * 0x1p-53);
}

static real *uniform_vector(ptrdiff_t count, uint64_t stream)
{
    real *const x = malloc((size_t)count * sizeof *x);
    for (ptrdiff_t i = 0; x != NULL && i < count; i++)
        x[i] = uniform((stream << 40) + (uint64_t)i);
    return x;
}

static void use_threads(int threads)
{
    omp_set_num_threads(threads);
    openblas_set_num_threads(threads);
}

/* Y = W H^T + noise, nonnegative: a planted model for matrices; for tensors it only has the size of one. */
static void fill(contest *c)
{
    use_threads(omp_get_num_procs());
    GEMM(CblasRowMajor, CblasTrans, CblasNoTrans, (int)c->m, (int)c->n, (int)c->r, 1, c->w, (int)c->m, c->h, (int)c->n,
         0, c->y, (int)c->n);
#pragma omp parallel for schedule(static)
    for (ptrdiff_t i = 0; i < c->m; i++)
        for (ptrdiff_t j = 0; j < c->n; j++)
            c->y[i * c->n + j] += (real)NOISE * (real)c->r * uniform((UINT64_C(9) << 40) + (uint64_t)(i * c->n + j));
}

static void destroy(void *memory)
{
    contest *const c = memory;
    if (c == NULL)
        return;
    rlra_model_destroy(c->model);
    rlra_problem_destroy(c->problem);
    rlra_context_destroy(c->context);
    for (int mode = 0; mode < 3; mode++)
        free(c->start[mode].data);
    free(c->y);
    free(c->w);
    free(c->h);
    free(c->out);
    free(c->z);
    free(c);
}

/* Make the problem, the model and its start like a user of the library. */
static rlra_status pose(contest *c)
{
    const shape *const s = &c->shape;
    rlra_status status = rlra_context_create(NULL, &c->context);
    if (status == RLRA_OK)
        status = rlra_problem_create(c->context, &c->problem);
    const rlra_array data = rlra_array_contiguous(REAL_DTYPE, s->order, s->dims, c->y);
    if (status == RLRA_OK)
        status = rlra_problem_add_dense(c->problem, &data, 1.0, NULL);
    if (status == RLRA_OK)
        status = rlra_model_create(c->context, REAL_DTYPE, s->order, s->dims, s->rank, &c->model);
    for (int mode = 0; mode < s->order && status == RLRA_OK; mode++) {
        const int64_t dims[2] = {s->dims[mode], s->rank};
        status = rlra_problem_add_penalty(c->problem, mode, "nonneg", 0.0);
        c->start[mode] =
            rlra_array_contiguous(REAL_DTYPE, 2, dims, uniform_vector(dims[0] * dims[1], 20 + (uint64_t)mode));
        if (c->start[mode].data == NULL)
            status = RLRA_ERR_MEMORY;
    }
    return status;
}

static void *create(const shape *wanted)
{
    contest *const c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    c->shape = *wanted;
    c->m = (ptrdiff_t)wanted->dims[0];
    c->n = (ptrdiff_t)wanted->dims[1] * (ptrdiff_t)(wanted->order == 3 ? wanted->dims[2] : 1);
    c->r = (ptrdiff_t)wanted->rank;
    c->z_threads = omp_get_num_procs();
    c->y = malloc((size_t)c->m * (size_t)c->n * sizeof *c->y);
    c->w = uniform_vector(c->m * c->r, 1);
    c->h = uniform_vector(c->n * c->r, 2);
    c->out = uniform_vector(c->m * c->r, 3);
    c->z = uniform_vector(c->n * c->r * c->z_threads, 4);
    if (c->y == NULL || c->w == NULL || c->h == NULL || c->out == NULL || c->z == NULL) {
        destroy(c);
        return NULL;
    }
    fill(c);
    if (pose(c) != RLRA_OK) {
        destroy(c);
        return NULL;
    }
    return c;
}

static void multiply_by_blas(contest *c, contender which)
{
    const int m = (int)c->m, n = (int)c->n, r = (int)c->r;
    if (which == BLAS_ROWS) {
        GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, r, n, 1, c->y, n, c->h, r, 0, c->out, r);
        GEMM(CblasRowMajor, CblasTrans, CblasNoTrans, n, r, m, 1, c->y, n, c->w, r, 0, c->z, r);
    } else {
        GEMM(CblasRowMajor, CblasNoTrans, CblasTrans, r, m, n, 1, c->h, n, c->y, n, 0, c->out, m);
        GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, r, n, m, 1, c->w, m, c->y, n, 0, c->z, n);
    }
}

static void multiply_slab(contest *c, contender which, real *z, ptrdiff_t row, ptrdiff_t rows)
{
    const kernels *const best = RLRA(kernels_best)();
    const real *const slab = c->y + row * c->n;
    if (which == DOTS)
        best->dots(rows, c->r, c->n, slab, c->n, row + 2 * rows <= c->m ? slab + rows * c->n : NULL, c->h, c->n,
                   c->out + row, c->m, 0);
    else
        best->outer(rows, c->r, c->n, c->w + row, c->m, slab, c->n, z, c->n);
}

static void multiply_by_kernels(contest *c, contender which, int threads)
{
    const ptrdiff_t slabs = (c->m + SLAB_ROWS - 1) / SLAB_ROWS;
#pragma omp parallel num_threads(threads)
    {
        real *const z = c->z + (ptrdiff_t)omp_get_thread_num() * c->n * c->r;
        if (which == OUTER)
            memset(z, 0, (size_t)(c->n * c->r) * sizeof *z);
#pragma omp for schedule(static)
        for (ptrdiff_t slab = 0; slab < slabs; slab++) {
            const ptrdiff_t row = slab * SLAB_ROWS;
            multiply_slab(c, which, z, row, c->m - row < SLAB_ROWS ? c->m - row : SLAB_ROWS);
        }
    }
}

typedef struct sweep_times {
    double at[FIT_SWEEPS + 1];
    int count;
} sweep_times;

static void keep_time(void *user, const rlra_progress *progress)
{
    sweep_times *const times = user;
    if (times->count <= FIT_SWEEPS)
        times->at[times->count++] = progress->seconds;
}

/* The median time between two sweeps of a short fit. */
static double fit_seconds(contest *c, contender which, int threads)
{
    rlra_options options = rlra_options_default();
    options.init = "model";
    options.max_sweeps = FIT_SWEEPS;
    options.tolerance = 0.0;
    options.decrease = 0.0;
    options.threads = threads;
    if (which == SWEEP_PLAIN) {
        options.update = "hals";
        options.inner_sweeps = 1;
        options.extrapolate = "off";
    }
    for (int mode = 0; mode < c->shape.order; mode++)
        if (rlra_model_set_factor(c->model, mode, &c->start[mode]) != RLRA_OK)
            return -1.0;
    sweep_times times = {.count = 0};
    rlra_context_set_progress(c->context, keep_time, &times);
    if (rlra_fit(c->problem, &options, c->model, &c->report) != RLRA_OK || times.count < 2)
        return -1.0;
    double differences[FIT_SWEEPS];
    for (int sweep = 1; sweep < times.count; sweep++)
        differences[sweep - 1] = times.at[sweep] - times.at[sweep - 1];
    return bench_median(differences, times.count - 1);
}

static double seconds(void *memory, contender which, int threads)
{
    contest *const c = memory;
    if (which == SWEEP_PLAIN || which == SWEEP_DEFAULT)
        return fit_seconds(c, which, threads);
    use_threads(threads);
    const double begin = bench_seconds();
    if (which == READ)
        c->sink ^= read_words((const uint64_t *)(const void *)c->y, (size_t)(c->m * c->n) * sizeof *c->y / 8, threads);
    else if (which == DOTS || which == OUTER)
        multiply_by_kernels(c, which, threads < c->z_threads ? threads : c->z_threads);
    else
        multiply_by_blas(c, which);
    return bench_seconds() - begin;
}

static double gemm_peak(int threads)
{
    const ptrdiff_t size = GEMM_SIZE;
    real *const a = uniform_vector(size * size, 5 + SEED_PARITY), *const b = uniform_vector(size * size, 7);
    real *const c = uniform_vector(size * size, 8);
    double best = 0.0;
    use_threads(threads);
    for (int repeat = 0; a != NULL && b != NULL && c != NULL && repeat < GEMM_REPEATS; repeat++) {
        const double begin = bench_seconds();
        GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)size, (int)size, (int)size, 1, a, (int)size, b, (int)size,
             0, c, (int)size);
        const double rate = 2.0 * (double)(size * size * size) / (bench_seconds() - begin);
        best = rate > best ? rate : best;
    }
    free(a);
    free(b);
    free(c);
    return best;
}

static double workspace(const void *memory)
{
    return (double)((const contest *)memory)->report.workspace_bytes;
}

const precision RLRA(precision) = {
#if defined(RLRA_SINGLE)
    "f32",
#else
    "f64",
#endif
    (int)sizeof(real),
    create,
    destroy,
    seconds,
    gemm_peak,
    workspace,
};
