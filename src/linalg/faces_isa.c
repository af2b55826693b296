/* linalg/faces_isa.c: solve many small systems, each on its own support, one in each lane of a vector; compiled for each
 * instruction set. In double for any `real`. */
#include "linalg/kernels_isa.h"

#include <stdint.h>

#include "linalg/vector.h"

#define FACE_LANES ((ptrdiff_t)(VECTOR_BYTES / sizeof(double)))
typedef double lanes __attribute__((vector_size(VECTOR_BYTES)));
typedef double loose_lanes __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(double)), may_alias));
typedef int64_t lane_mask __attribute__((vector_size(VECTOR_BYTES)));

INLINE lanes get(const double *at)
{
    return *(const loose_lanes *)at;
}

INLINE void put(double *at, lanes v)
{
    *(loose_lanes *)at = v;
}

/* Row i of the packed triangle. */
INLINE double *triangle_row(double *lower, ptrdiff_t i)
{
    return lower + i * (i + 1) / 2 * FACE_LANES;
}

/* One number for each lane, each from its own row. */
INLINE lanes pick(const double *const *rows, const int32_t *column)
{
    lanes v;
    for (int lane = 0; lane < FACE_LANES; lane++)
        v[lane] = rows[lane][column[lane]];
    return v;
}

/* Entries (i .. i+3, j .. j+1) of U = L D, below the diagonal: U_ij = A_ij - sum_{l < j} U_il L_jl. */
INLINE void factor_tile(const double *const (*rows)[VECTOR_BYTES / sizeof(double)], double *lower, ptrdiff_t i,
                        ptrdiff_t j, const int32_t *index)
{
    const double *const left = triangle_row(lower, j), *const right = triangle_row(lower, j + 1);
    lanes u[4][2];
    for (int a = 0; a < 4; a++)
        for (int b = 0; b < 2; b++)
            u[a][b] = pick(rows[a], index + (j + b) * FACE_LANES);
    for (ptrdiff_t l = 0; l < j; l++) {
        const lanes first = get(left + l * FACE_LANES), second = get(right + l * FACE_LANES);
        for (int a = 0; a < 4; a++) {
            const lanes v = get(triangle_row(lower, i + a) + l * FACE_LANES);
            u[a][0] -= v * first;
            u[a][1] -= v * second;
        }
    }
    const lanes between = get(right + j * FACE_LANES);
    for (int a = 0; a < 4; a++) {
        double *const at = triangle_row(lower, i + a) + j * FACE_LANES;
        put(at, u[a][0]);
        put(at + FACE_LANES, u[a][1] - u[a][0] * between);
    }
}

/* The 4 x 4 entries at the diagonal; the rows become those of L, with 1/D, or 0 for a lost pivot, at the diagonal. */
INLINE void factor_corner(const double *const (*rows)[VECTOR_BYTES / sizeof(double)], double *lower, ptrdiff_t i,
                          const int32_t *index, const double *diagonal, double accuracy)
{
    double *at[4];
    lanes u[4][4], size[4];
    for (int a = 0; a < 4; a++) {
        at[a] = triangle_row(lower, i + a);
        for (int b = 0; b < a; b++)
            u[a][b] = pick(rows[a], index + (i + b) * FACE_LANES);
        for (int lane = 0; lane < FACE_LANES; lane++)
            size[a][lane] = diagonal[index[(i + a) * FACE_LANES + lane]];
        u[a][a] = size[a];
    }
    for (ptrdiff_t l = 0; l < i; l++) {
        const lanes inverse = get(triangle_row(lower, l) + l * FACE_LANES);
        lanes scaled[4];
        for (int a = 0; a < 4; a++) {
            const lanes v = get(at[a] + l * FACE_LANES);
            scaled[a] = v * inverse;
            put(at[a] + l * FACE_LANES, scaled[a]);
            for (int b = 0; b <= a; b++)
                u[a][b] -= v * scaled[b];
        }
    }
    for (int b = 0; b < 4; b++) {
        const lane_mask safe = u[b][b] > size[b] * (accuracy * (double)(i + b + 8));
        const lanes inverse = (lanes)((lane_mask)(1.0 / u[b][b]) & safe);
        put(at[b] + (i + b) * FACE_LANES, inverse);
        for (int a = b + 1; a < 4; a++) {
            const lanes v = u[a][b], scaled = v * inverse;
            put(at[a] + (i + b) * FACE_LANES, scaled);
            for (int c = a; c < 4; c++)
                u[c][a] -= u[c][b] * scaled;
        }
    }
}

static void face_factor(ptrdiff_t size, const double *gram, ptrdiff_t stride, const double *diagonal,
                        const int32_t *index, double accuracy, double *lower)
{
    for (ptrdiff_t i = 0; i < size; i += 4) {
        const double *rows[4][VECTOR_BYTES / sizeof(double)];
        for (int a = 0; a < 4; a++)
            for (int lane = 0; lane < FACE_LANES; lane++)
                rows[a][lane] = gram + index[(i + a) * FACE_LANES + lane] * stride;
        for (ptrdiff_t j = 0; j < i; j += 2)
            factor_tile((const double *const(*)[VECTOR_BYTES / sizeof(double)]) rows, lower, i, j, index);
        factor_corner((const double *const(*)[VECTOR_BYTES / sizeof(double)]) rows, lower, i, index, diagonal,
                      accuracy);
    }
}

/* Four unknowns of  L z = b, given the first i of z. */
INLINE void forward_tile(double *lower, ptrdiff_t i, double *x)
{
    const double *at[4];
    lanes z[4];
    for (int a = 0; a < 4; a++) {
        at[a] = triangle_row(lower, i + a);
        z[a] = get(x + (i + a) * FACE_LANES);
    }
    for (ptrdiff_t l = 0; l < i; l++) {
        const lanes known = get(x + l * FACE_LANES);
        for (int a = 0; a < 4; a++)
            z[a] -= get(at[a] + l * FACE_LANES) * known;
    }
    for (int a = 0; a < 4; a++) {
        for (int b = 0; b < a; b++)
            z[a] -= get(at[a] + (i + b) * FACE_LANES) * z[b];
        put(x + (i + a) * FACE_LANES, z[a]);
    }
}

/* Four unknowns of  L^T x = D^-1 z, after later ones are subtracted from z; then subtract them from earlier ones. */
INLINE void backward_tile(double *lower, ptrdiff_t i, double *x)
{
    const double *at[4];
    lanes z[4];
    for (int a = 3; a >= 0; a--) {
        at[a] = triangle_row(lower, i + a);
        z[a] = get(x + (i + a) * FACE_LANES);
        for (int b = a + 1; b < 4; b++)
            z[a] -= get(at[b] + (i + a) * FACE_LANES) * z[b];
        put(x + (i + a) * FACE_LANES, z[a]);
    }
    for (ptrdiff_t l = 0; l < i; l++) {
        lanes left = get(x + l * FACE_LANES);
        for (int a = 0; a < 4; a++)
            left -= get(at[a] + l * FACE_LANES) * z[a];
        put(x + l * FACE_LANES, left);
    }
}

static void face_solve(ptrdiff_t size, double *lower, double *x)
{
    for (ptrdiff_t i = 0; i < size; i += 4)
        forward_tile(lower, i, x);
    for (ptrdiff_t i = 0; i < size; i++)
        put(x + i * FACE_LANES, get(x + i * FACE_LANES) * get(triangle_row(lower, i) + i * FACE_LANES));
    for (ptrdiff_t i = size - 4; i >= 0; i -= 4)
        backward_tile(lower, i, x);
}

/* V vectors of out = c - sum_t x_t G[index_t]. */
INLINE void slope_tile(int V, ptrdiff_t count, const double *gram, ptrdiff_t stride, const int32_t *index,
                       const double *x, ptrdiff_t step, const double *c, double *out)
{
    lanes left[12];
    for (int v = 0; v < V; v++)
        left[v] = get(c + v * FACE_LANES);
    for (ptrdiff_t t = 0; t < count; t++) {
        const double *const row = gram + index[t * step] * stride;
        for (int v = 0; v < V; v++)
            left[v] -= get(row + v * FACE_LANES) * x[t * step];
    }
    for (int v = 0; v < V; v++)
        put(out + v * FACE_LANES, left[v]);
}

static void face_slope(ptrdiff_t count, const double *gram, ptrdiff_t stride, const int32_t *index, const double *x,
                       ptrdiff_t step, const double *c, double *out)
{
    ptrdiff_t k = 0;
    for (; k + 12 * FACE_LANES <= stride; k += 12 * FACE_LANES)
        slope_tile(12, count, gram + k, stride, index, x, step, c + k, out + k);
    for (; k + 4 * FACE_LANES <= stride; k += 4 * FACE_LANES)
        slope_tile(4, count, gram + k, stride, index, x, step, c + k, out + k);
    for (; k < stride; k += FACE_LANES)
        slope_tile(1, count, gram + k, stride, index, x, step, c + k, out + k);
}

const face_kernels KERNEL_OF(RLRA_ISA, faces) = {FACE_LANES, face_factor, face_solve, face_slope};
