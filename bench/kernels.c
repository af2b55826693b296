/* kernels.c: bench-kernels: sweeps and kernels against OpenBLAS and against the floor of this machine. */
#include "kernels.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const shape shapes[] = {
    {"dense", 2, {2000, 1500}, 20},     {"hyperspectral", 2, {200, 21025}, 10},
    {"tensor", 3, {200, 200, 200}, 10}, {"large", 2, {20000, 5000}, 20},
    {"tiny", 2, {130, 70}, 4},          {"tiny-tensor", 3, {13, 12, 11}, 3},
};
enum { SHAPES = sizeof shapes / sizeof shapes[0], STANDARD_SHAPES = 4, MOST_ROUNDS = 101 };
enum { BANDWIDTH_PASSES = 7 };
static const size_t bandwidth_bytes = (size_t)512 << 20; /* far beyond any cache */

static const precision *const precisions[2] = {&rlra_f64_precision, &rlra_f32_precision};

double bench_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare);
    return 0.5 * (values[(count - 1) / 2] + values[count / 2]);
}

uint64_t read_words(const uint64_t *words, size_t count, int threads)
{
    uint64_t all = 0;
#pragma omp parallel num_threads(threads) reduction(^ : all)
    {
        const size_t team = (size_t)omp_get_num_threads(), me = (size_t)omp_get_thread_num();
        const size_t end = count * (me + 1) / team;
        /* Four independent chains of whole vectors: a single one would be limited by latency. */
        uint64_t sum[4][8] = {{0}};
        size_t i = count * me / team;
        for (; i + 32 <= end; i += 32)
            for (size_t chain = 0; chain < 4; chain++)
                for (size_t lane = 0; lane < 8; lane++)
                    sum[chain][lane] ^= words[i + 8 * chain + lane];
        for (; i < end; i++)
            all ^= words[i];
        for (size_t lane = 0; lane < 32; lane++)
            all ^= sum[lane / 8][lane % 8];
    }
    return all;
}

static volatile uint64_t sink; /* so that no read is optimised away */

double read_bandwidth(size_t bytes, int threads)
{
    uint64_t *const words = malloc(bytes);
    if (words == NULL)
        return 0.0;
    memset(words, 1, bytes);
    double rates[BANDWIDTH_PASSES];
    for (int pass = 0; pass < BANDWIDTH_PASSES; pass++) {
        const double begin = bench_seconds();
        sink ^= read_words(words, bytes / 8, threads);
        rates[pass] = (double)bytes / (bench_seconds() - begin);
    }
    free(words);
    return bench_median(rates, BANDWIDTH_PASSES);
}

/* Measure again before every shape and keep the best, as on a shared machine a single measurement may be disturbed. */
static void machine_measure(machine *m)
{
    const double read = read_bandwidth(bandwidth_bytes, m->threads);
    m->read = read > m->read ? read : m->read;
    for (int p = 0; p < 2; p++) {
        const double gemm = precisions[p]->gemm_peak(m->threads);
        m->gemm[p] = gemm > m->gemm[p] ? gemm : m->gemm[p];
    }
}

static void machines_measure(machine *machines, int counts, int silent)
{
    for (int count = 0; count < counts; count++)
        machine_measure(&machines[count]);
    if (!silent)
        machine_print(machines, counts);
}

/* All contenders, precisions and thread counts take turns, so that a disturbance of the machine hits all. */
static int run_rounds(void *const contests[2], table *t, int rounds)
{
    static double times[2][MOST_THREAD_COUNTS][CONTENDERS][MOST_ROUNDS];
    for (int round = 0; round < rounds; round++)
        for (int slot = 0; slot < 2 * t->counts * CONTENDERS; slot++) {
            const int which = slot % CONTENDERS, count = slot / CONTENDERS % t->counts;
            const int p = slot / CONTENDERS / t->counts;
            const double took = precisions[p]->seconds(contests[p], (contender)which, t->machines[count].threads);
            if (took < 0.0)
                return -1;
            times[p][count][which][round] = took;
        }
    for (int slot = 0; slot < 2 * t->counts * CONTENDERS; slot++) {
        const int which = slot % CONTENDERS, count = slot / CONTENDERS % t->counts, p = slot / CONTENDERS / t->counts;
        result *const r = &t->results[p][count];
        r->seconds[which] = bench_median(times[p][count][which], rounds);
        r->workspace = precisions[p]->workspace(contests[p]);
    }
    return 0;
}

static int measure(table *t, int rounds)
{
    void *contests[2] = {precisions[0]->create(t->shape), precisions[1]->create(t->shape)};
    const int failed = contests[0] == NULL || contests[1] == NULL || run_rounds(contests, t, rounds) != 0;
    for (int p = 0; p < 2; p++)
        precisions[p]->destroy(contests[p]);
    if (failed)
        fprintf(stderr, "bench-kernels: %s: out of memory, or a fit failed\n", t->shape->name);
    return failed;
}

typedef struct request {
    int machine_only, rounds, counts, threads[MOST_THREAD_COUNTS], shape_count;
    const shape *shapes[SHAPES];
    const char *json;
} request;

static const shape *find_shape(const char *name)
{
    for (int s = 0; s < SHAPES; s++)
        if (strcmp(shapes[s].name, name) == 0)
            return &shapes[s];
    return NULL;
}

static int usage(void)
{
    fprintf(stderr, "usage: bench-kernels [-m] [-n ROUNDS] [-t THREADS]... [-s SHAPE]... [-j FILE]\n"
                    "  -m  only gemm peak and read bandwidth    -j  write JSON (- for the standard output)\n  shapes:");
    for (int s = 0; s < SHAPES; s++)
        fprintf(stderr, " %s", shapes[s].name);
    fprintf(stderr, "\n");
    return 2;
}

static int parse(int argc, char **argv, request *q)
{
    for (int option; (option = getopt(argc, argv, "mn:t:s:j:")) != -1;) {
        if (option == 'm')
            q->machine_only = 1;
        else if (option == 'n')
            q->rounds = atoi(optarg);
        else if (option == 't' && q->counts < MOST_THREAD_COUNTS && atoi(optarg) > 0)
            q->threads[q->counts++] = atoi(optarg);
        else if (option == 's' && q->shape_count < SHAPES && find_shape(optarg) != NULL)
            q->shapes[q->shape_count++] = find_shape(optarg);
        else if (option == 'j')
            q->json = optarg;
        else
            return usage();
    }
    if (optind < argc || q->rounds < 1 || q->rounds > MOST_ROUNDS)
        return usage();
    if (q->counts == 0) {
        q->threads[q->counts++] = 1;
        q->threads[q->counts++] = 2;
    }
    if (q->shape_count == 0)
        for (int s = 0; s < STANDARD_SHAPES; s++)
            q->shapes[q->shape_count++] = &shapes[s];
    return 0;
}

int main(int argc, char **argv)
{
    request q = {.rounds = 7};
    if (parse(argc, argv, &q) != 0)
        return 2;
    machine machines[MOST_THREAD_COUNTS] = {{0}};
    for (int count = 0; count < q.counts; count++)
        machines[count].threads = q.threads[count];
    const int silent = q.json != NULL && strcmp(q.json, "-") == 0;
    if (q.machine_only)
        machines_measure(machines, q.counts, silent);
    static table tables[SHAPES];
    int table_count = 0, failed = 0;
    for (int s = 0; s < q.shape_count && !q.machine_only; s++) {
        machines_measure(machines, q.counts, silent);
        tables[table_count] = (table){.shape = q.shapes[s], .counts = q.counts, .machines = machines};
        if (measure(&tables[table_count], q.rounds) != 0) {
            failed = 1;
            continue;
        }
        if (!silent)
            table_print(&tables[table_count]);
        table_count++;
    }
    if (q.json != NULL && record_write(q.json, machines, q.counts, tables, table_count) != 0)
        failed = 1;
    return failed;
}
