/* data/packed.c: lay out factors row after row, and form sums in double of rows that sparse data refer to. */
#include "data/packed.h"

#include "linalg/gather.h"

/* Rows of a factor that are packed together. */
#define PACKED_ROWS 256

/* Number of concurrent sums; divides every stride. */
#define SUMS 8

ptrdiff_t RLRA(packed_stride)(ptrdiff_t rank)
{
    return (rank + GATHER_ALIGNMENT - 1) / GATHER_ALIGNMENT * GATHER_ALIGNMENT;
}

void RLRA(packed_fill)(factor f, ptrdiff_t stride, int threads, real *packed)
{
#pragma omp parallel for num_threads(threads) schedule(static)
    for (ptrdiff_t begin = 0; begin < f.length; begin += PACKED_ROWS) {
        const ptrdiff_t end = f.length - begin < PACKED_ROWS ? f.length : begin + PACKED_ROWS;
        for (ptrdiff_t k = 0; k < stride; k++)
            for (ptrdiff_t j = begin; j < end; j++)
                packed[j * stride + k] = k < f.rank ? f.at[k * f.stride + j] : 0;
    }
}

static double sum_of(const double *lanes)
{
    return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

double RLRA(packed_dot)(ptrdiff_t stride, const double *a, const real *b)
{
    double lanes[SUMS] = {0};
    for (ptrdiff_t k = 0; k < stride; k += SUMS)
        for (int lane = 0; lane < SUMS; lane++)
            lanes[lane] += a[k + lane] * (double)b[k + lane];
    return sum_of(lanes);
}

void RLRA(packed_gram)(factor f, int threads, double *gram)
{
#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (ptrdiff_t k = 0; k < f.rank; k++)
        for (ptrdiff_t l = 0; l <= k; l++) {
            const real *const a = f.at + k * f.stride, *const b = f.at + l * f.stride;
            double lanes[SUMS] = {0};
            ptrdiff_t i = 0;
            for (; i + SUMS <= f.length; i += SUMS)
                for (int lane = 0; lane < SUMS; lane++)
                    lanes[lane] += (double)a[i + lane] * (double)b[i + lane];
            double sum = sum_of(lanes);
            for (; i < f.length; i++)
                sum += (double)a[i] * (double)b[i];
            gram[k * f.rank + l] = sum;
        }
}

double RLRA(packed_norm2)(int order, ptrdiff_t rank, const double *grams)
{
    double sum = 0;
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t l = 0; l <= k; l++) {
            double product = l < k ? 2 : 1;
            for (int m = 0; m < order; m++)
                product *= grams[m * rank * rank + k * rank + l];
            sum += product;
        }
    return sum;
}
