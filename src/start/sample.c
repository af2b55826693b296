/* start/sample.c: SNPA on a sample of the data, and how good its columns are. */
#include "start/sample.h"

#include <math.h>

#include "core/check.h"
#include "core/random.h"
#include "data/windows.h"
#include "linalg/condition.h"
#include "separable/separable.h"

/* Rows for each component that are enough, and of rows and columns the least. */
#define ENOUGH_EACH 8
#define LEAST_EACH  2

/* Operations of a sweep over those of picking. */
#define SHARE 3

/* The columns are a start if they explain this part of what the best single component leaves ... */
#define LEAST_GAIN 0.6

/* ... and if the condition of their scaled Gram matrix is at most this: nearly dependent columns are a bad point to leave. */
#define MOST_CONDITION 3500

/* Rounds of the power method: the leading singular value of nonnegative data stands far apart. */
#define POWER_ROUNDS 10

/* Random numbers that choose the sample; the starts use the streams below. */
#define STREAM_SAMPLE 0x2000u

rlra_status RLRA(sample_read)(data *x, places p, real *out, ptrdiff_t stride0, ptrdiff_t stride1)
{
    const rlra_array *const array = x->array != NULL ? x->array : &x->file->array;
    const int along = array->strides[0] >= array->strides[1] ? 0 : 1, other = 1 - along;
    const ptrdiff_t strides[2] = {stride0, stride1};
    window w = {0};
    while (RLRA(window_next)(x->file, array, along, 1, &w))
        for (ptrdiff_t a = 0; a < p.count[along]; a++) {
            const ptrdiff_t row = p.at[along] == NULL ? a : p.at[along][a];
            if (row < w.begin || row >= w.end)
                continue;
            const real *const from = w.at + (row - w.begin) * w.strides[along];
            for (ptrdiff_t b = 0; b < p.count[other]; b++) {
                const ptrdiff_t place = p.at[other] == NULL ? b : p.at[other][b];
                out[a * strides[along] + b * strides[other]] = from[place * w.strides[other]];
            }
        }
    return x->file == NULL ? RLRA_OK : x->file->status;
}

void RLRA(sample_size)(const data *x, ptrdiff_t rank, ptrdiff_t *rows, ptrdiff_t *columns)
{
    /* Picking takes entries rank^2 operations, a sweep places rank. Few rows do, but of columns the purest are wanted. */
    const double most = x->places / (SHARE * (double)rank), each = ENOUGH_EACH * (double)rank;
    const double least_wide = fmin((double)x->dims[1], each);
    const double high = floor(fmin(fmin((double)x->dims[0], each), most / least_wide));
    const double wide = floor(fmin((double)x->dims[1], most / high));
    const int enough = fmin(wide, high) >= LEAST_EACH * (double)rank;
    *rows = enough ? (ptrdiff_t)high : 0;
    *columns = enough ? (ptrdiff_t)wide : 0;
}

/* One place at random in each of `count` equal parts of a mode. */
static void scatter(uint64_t seed, int mode, ptrdiff_t length, ptrdiff_t count, ptrdiff_t *at)
{
    for (ptrdiff_t k = 0; k < count; k++) {
        const double u = rlra_random_uniform(seed, STREAM_SAMPLE + (uint32_t)mode, (uint64_t)k);
        const double part = (double)length / (double)count;
        const ptrdiff_t place = (ptrdiff_t)(((double)k + u) * part);
        at[k] = place < length ? place : length - 1;
    }
}

/* The part of the squares of a matrix that its leading singular pair leaves; v and u hold its columns and rows. */
static double left_by_one(const real *x, ptrdiff_t rows, ptrdiff_t columns, double *u, double *v)
{
    double total = 0, explained = 0;
    for (ptrdiff_t i = 0; i < rows * columns; i++)
        total += (double)x[i] * (double)x[i];
    for (ptrdiff_t j = 0; j < columns; j++)
        v[j] = 1;
    for (int round = 0; round < POWER_ROUNDS && total > 0; round++) {
        double length = 0;
        for (ptrdiff_t i = 0; i < rows; i++) {
            u[i] = 0;
            for (ptrdiff_t j = 0; j < columns; j++)
                u[i] += (double)x[i * columns + j] * v[j];
            length += u[i] * u[i];
        }
        for (ptrdiff_t j = 0; j < columns; j++)
            v[j] = 0;
        for (ptrdiff_t i = 0; i < rows; i++)
            for (ptrdiff_t j = 0; j < columns; j++)
                v[j] += (double)x[i * columns + j] * u[i];
        explained = 0;
        for (ptrdiff_t j = 0; j < columns; j++)
            explained += v[j] * v[j];
        explained = length > 0 ? explained / length : 0;
    }
    return total > 0 ? fmax(1 - explained / total, 0) : 0;
}

/* Condition of the Gram matrix of some columns of a matrix with `columns` columns. */
static double condition_of(const real *x, ptrdiff_t rows, ptrdiff_t columns, const ptrdiff_t *picked, ptrdiff_t found,
                           double *gram)
{
    for (ptrdiff_t k = 0; k < found; k++)
        for (ptrdiff_t l = 0; l <= k; l++) {
            double sum = 0;
            for (ptrdiff_t i = 0; i < rows; i++)
                sum += (double)x[i * columns + picked[k]] * (double)x[i * columns + picked[l]];
            gram[k * found + l] = gram[l * found + k] = sum;
        }
    return rlra_condition(found, gram, gram + found * found);
}

/* Doubles for the leading pair, then for the condition. */
static size_t doubles_of(ptrdiff_t rank, ptrdiff_t rows, ptrdiff_t columns)
{
    const size_t pair = (size_t)(rows + columns), condition = (size_t)(rank * rank) + rlra_condition_doubles(rank);
    return pair > condition ? pair : condition;
}

/* Pick columns of the sample, and drop them if they are no good start. */
static rlra_status judge(rlra_context *context, real *sample, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t rank,
                         double *work, ptrdiff_t *picked, ptrdiff_t *found)
{
    rlra_status status = RLRA_OK;
    double error = 0;
    const int64_t dims[2] = {rows, columns};
    const rlra_array array =
        rlra_array_contiguous(sizeof(real) == 8 ? RLRA_DTYPE_F64 : RLRA_DTYPE_F32, 2, dims, sample);
    *found = 0;
    TRY(RLRA(separable_select)(context, &array, RLRA_SEPARABLE_SNPA, rank, 1e-12, 1, picked, found));
    if (*found < rank) {
        *found = 0;
        return RLRA_OK;
    }
    TRY(RLRA(separable_factors)(context, &array, picked, rank, 1, NULL, NULL, &error));
    const double left = left_by_one(sample, rows, columns, work, work + rows);
    const int fits = error * error <= (1 - LEAST_GAIN) * left;
    if (!fits || !(condition_of(sample, rows, columns, picked, rank, work) <= MOST_CONDITION))
        *found = 0;
cleanup:
    return status;
}

rlra_status RLRA(sample_pick)(rlra_context *context, data *x, ptrdiff_t rank, uint64_t seed, ptrdiff_t *picked,
                              ptrdiff_t *found)
{
    rlra_status status = RLRA_OK;
    ptrdiff_t rows, columns, *at = NULL;
    real *sample = NULL;
    double *work = NULL;
    *found = 0;
    RLRA(sample_size)(x, rank, &rows, &columns);
    if (rows == 0)
        return RLRA_OK;
    const size_t entries = (size_t)(rows * columns), doubles = doubles_of(rank, rows, columns);
    at = rlra_alloc(context, (size_t)(rows + columns), sizeof *at);
    sample = rlra_alloc(context, entries, sizeof *sample);
    work = rlra_alloc(context, doubles, sizeof *work);
    REQUIRE(at != NULL && sample != NULL && work != NULL,
            rlra_fail_memory(context, entries, sizeof *sample, "a sample of the data"));
    scatter(seed, 0, x->dims[0], rows, at);
    scatter(seed, 1, x->dims[1], columns, at + rows);
    TRY(RLRA(sample_read)(x, (places){{at, at + rows}, {rows, columns}}, sample, columns, 1));
    TRY(judge(context, sample, rows, columns, rank, work, picked, found));
    for (ptrdiff_t k = 0; k < *found; k++)
        picked[k] = at[rows + picked[k]];
cleanup:
    rlra_free(context, work);
    rlra_free(context, sample);
    rlra_free(context, at);
    return status;
}

double RLRA(sample_bytes)(const data *x, ptrdiff_t rank)
{
    ptrdiff_t rows, columns;
    RLRA(sample_size)(x, rank, &rows, &columns);
    if (rows == 0)
        return 0;
    const double m = (double)rows, n = (double)columns;
    return m * n * sizeof(real) + (m + n) * sizeof(ptrdiff_t) +
           (double)doubles_of(rank, rows, columns) * sizeof(double) + RLRA(separable_bytes)(rows, columns, rank, 1);
}
