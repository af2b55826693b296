/* kernels.h: the measurements of bench-kernels: contenders on one data set, in both precisions. */
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
    BLAS_ROWS,     /* Y H and Y^T W by OpenBLAS, factors row-major, as in numpy           */
    BLAS_COLUMNS,  /* the same, factors component-major, as in rlra                       */
    DOTS,          /* Y H by our kernels, threads over rows                               */
    OUTER,         /* Y^T W by our kernels, a private result for each thread, not summed  */
    SWEEP_PLAIN,   /* a sweep of rlra_fit(): hals, one inner sweep, no extrapolation      */
    SWEEP_DEFAULT, /* a sweep of rlra_fit() with default options                          */
    CONTENDERS
} contender;

/* One precision. `create` returns NULL if there is no memory, `seconds` a negative number if a fit failed. */
typedef struct precision {
    const char *name;
    int bytes;
    void *(*create)(const shape *shape);
    void (*destroy)(void *contest);
    double (*seconds)(void *contest, contender which, int threads);
    double (*gemm_peak)(int threads);         /* flops/s of a square product */
    double (*workspace)(const void *contest); /* memory of the last fit in addition to data and model, in bytes */
} precision;

extern const precision rlra_f64_precision, rlra_f32_precision;

/* Bytes/s when reading `bytes` bytes of memory, the median of some passes. */
double read_bandwidth(size_t bytes, int threads);

/* Read memory and return something that depends on every word of it. */
uint64_t read_words(const uint64_t *words, size_t count, int threads);

double bench_seconds(void);
double bench_median(double *values, int count); /* sorts `values` */

/* The result of a contender for one shape, precision and thread count: the median over the rounds. */
typedef struct result {
    double seconds[CONTENDERS];
    double workspace; /* memory of the sweep, in bytes */
} result;

/* The speed of the machine with each thread count. */
typedef struct machine {
    int threads;
    double gemm[2]; /* flops/s: f64, f32 */
    double read;    /* bytes/s           */
} machine;

enum { MOST_THREAD_COUNTS = 4 };

/* All results of one shape: by precision (0 is f64) and by position in the list of thread counts. */
typedef struct table {
    const shape *shape;
    int counts;
    const machine *machines;
    result results[2][MOST_THREAD_COUNTS];
} table;

void table_print(const table *table);
void machine_print(const machine *machines, int counts);

/* Write JSON to `path`, "-" for the standard output; returns 0 if it was written. With one thread count and no tables it is a
 * single object: the machine. */
int record_write(const char *path, const machine *machines, int counts, const table *tables, int table_count);

#endif
