/* kernels.h: what bench-kernels measures: contenders on one data set, in both precisions. */
#ifndef RLRA_BENCH_KERNELS_H
#define RLRA_BENCH_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "rlra/rlra.h"

/* A workload: a dense array of order 2 or 3. Seen as a matrix it has dims[0] rows. */
typedef struct shape {
    const char *name;
    int order;
    int64_t dims[3];
    int64_t rank;
} shape;

/* All contenders of one shape take turns, and each keeps one time per round. */
typedef enum contender {
    READ,          /* read the data once                                                  */
    BLAS_ROWS,     /* Y H and Y^T W by OpenBLAS, factors row-major, as numpy has them     */
    BLAS_COLUMNS,  /* the same, factors component-major, as rlra has them                 */
    DOTS,          /* Y H by our kernels, threads over rows                               */
    OUTER,         /* Y^T W by our kernels, a private result for each thread, not summed  */
    SWEEP_PLAIN,   /* a sweep of rlra_fit(): hals, one inner sweep, no extrapolation      */
    SWEEP_DEFAULT, /* a sweep of rlra_fit() as it comes                                   */
    CONTENDERS
} contender;

/* One precision. `create` gives NULL when there is no memory; `seconds` a negative number when a fit failed. */
typedef struct precision {
    const char *name;
    int bytes;
    void *(*create)(const shape *shape);
    void (*destroy)(void *contest);
    double (*seconds)(void *contest, contender which, int threads);
    double (*gemm_peak)(int threads);         /* flops/s of a square product */
    double (*workspace)(const void *contest); /* bytes the last fit held beside data and model */
} precision;

extern const precision rlra_f64_precision, rlra_f32_precision;

/* Bytes/s of reading `bytes` of memory, the median of some passes. */
double read_bandwidth(size_t bytes, int threads);

/* Read memory and return something that depends on every word of it. */
uint64_t read_words(const uint64_t *words, size_t count, int threads);

double bench_seconds(void);
double bench_median(double *values, int count); /* sorts */

/* What one contender of one shape, precision and thread count took: the median over the rounds. */
typedef struct result {
    double seconds[CONTENDERS];
    double workspace; /* of the sweep, bytes */
} result;

/* What the machine can do with each thread count. */
typedef struct machine {
    int threads;
    double gemm[2]; /* flops/s: f64, f32 */
    double read;    /* bytes/s           */
} machine;

enum { MOST_THREAD_COUNTS = 4 };

/* All of one shape: by precision (0 is f64) and by position in the list of thread counts. */
typedef struct table {
    const shape *shape;
    int counts;
    const machine *machines;
    result results[2][MOST_THREAD_COUNTS];
} table;

void table_print(const table *table);
void machine_print(const machine *machines, int counts);

/* Write JSON to `path`, "-" for the standard output; 0 when it was written. With one thread count and no tables it is
 * one object: the machine. */
int record_write(const char *path, const machine *machines, int counts, const table *tables, int table_count);

#endif
