/* kernels_record.c: the results of bench-kernels as a table and as JSON. */
#include "kernels.h"

#include <cblas.h>
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

static const char *const contender_names[CONTENDERS] = {
    "read", "blas, row-major", "blas, component-major", "dots", "outer", "sweep, plain", "sweep, default",
};
static const char *const precision_names[2] = {"f64", "f32"};
static const double precision_bytes[2] = {8.0, 4.0};

static double entries(const shape *s)
{
    double product = 1.0;
    for (int mode = 0; mode < s->order; mode++)
        product *= (double)s->dims[mode];
    return product;
}

/* The time of OpenBLAS in its better layout. */
static double blas_seconds(const result *r)
{
    return r->seconds[BLAS_ROWS] < r->seconds[BLAS_COLUMNS] ? r->seconds[BLAS_ROWS] : r->seconds[BLAS_COLUMNS];
}

static double flop_seconds(const shape *s, const machine *m, int p)
{
    return 4.0 * entries(s) * (double)s->rank / m->gemm[p];
}

static double byte_seconds(const shape *s, const machine *m, int p)
{
    return entries(s) * precision_bytes[p] / m->read;
}

static double floor_seconds(const shape *s, const machine *m, int p)
{
    const double flops = flop_seconds(s, m, p), bytes = byte_seconds(s, m, p);
    return flops > bytes ? flops : bytes;
}

void machine_print(const machine *machines, int counts)
{
    printf("\n%s on %s, kernels %s\n", openblas_get_config(), openblas_get_corename(), rlra_build_info()->kernels);
    for (int count = 0; count < counts; count++)
        printf("%d thread%s: dgemm %.1f GF/s, sgemm %.1f GF/s, read %.1f GB/s\n", machines[count].threads,
               machines[count].threads > 1 ? "s" : "", 1e-9 * machines[count].gemm[0], 1e-9 * machines[count].gemm[1],
               1e-9 * machines[count].read);
}

static void print_times(const table *t, int p, int count)
{
    const result *const r = &t->results[p][count];
    const double plain = r->seconds[SWEEP_PLAIN];
    printf("%s, %d thread%s (ms):", precision_names[p], t->machines[count].threads,
           t->machines[count].threads > 1 ? "s" : "");
    for (int which = 0; which < CONTENDERS; which++)
        printf("%s %s %.3f", which > 0 ? ";" : "", contender_names[which], 1e3 * r->seconds[which]);
    printf("\n    sweep over blas %.3f (row-major %.3f)", plain / blas_seconds(r), plain / r->seconds[BLAS_ROWS]);
    printf(", over floor %.3f (flops %.3f ms, bytes %.3f ms)", plain / floor_seconds(t->shape, &t->machines[count], p),
           1e3 * flop_seconds(t->shape, &t->machines[count], p), 1e3 * byte_seconds(t->shape, &t->machines[count], p));
    printf(", workspace over data %.4f\n", r->workspace / (entries(t->shape) * precision_bytes[p]));
}

void table_print(const table *t)
{
    printf("%s:", t->shape->name);
    for (int mode = 0; mode < t->shape->order; mode++)
        printf("%s%lld", mode > 0 ? " x " : " ", (long long)t->shape->dims[mode]);
    printf(", rank %lld\n", (long long)t->shape->rank);
    for (int p = 0; p < 2; p++)
        for (int count = 0; count < t->counts; count++)
            print_times(t, p, count);
    for (int count = 0; count < t->counts; count++)
        printf("%d thread%s: sweep f32 over f64 %.3f\n", t->machines[count].threads,
               t->machines[count].threads > 1 ? "s" : "",
               t->results[1][count].seconds[SWEEP_PLAIN] / t->results[0][count].seconds[SWEEP_PLAIN]);
    for (int p = 0; p < 2 && t->counts > 1; p++)
        printf("%s: sweep of %d threads as against %d: %.2f times as fast\n", precision_names[p],
               t->machines[t->counts - 1].threads, t->machines[0].threads,
               t->results[p][0].seconds[SWEEP_PLAIN] / t->results[p][t->counts - 1].seconds[SWEEP_PLAIN]);
    fflush(stdout);
}

static cJSON *machine_json(const machine *m)
{
    cJSON *const object = cJSON_CreateObject();
    cJSON_AddNumberToObject(object, "threads", m->threads);
    cJSON_AddNumberToObject(object, "gemm_f64", m->gemm[0]);
    cJSON_AddNumberToObject(object, "gemm_f32", m->gemm[1]);
    cJSON_AddNumberToObject(object, "read", m->read);
    cJSON_AddStringToObject(object, "openblas_core", openblas_get_corename());
    return object;
}

static cJSON *result_json(const table *t, int p, int count)
{
    const result *const r = &t->results[p][count];
    const double plain = r->seconds[SWEEP_PLAIN];
    cJSON *const object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "shape", t->shape->name);
    cJSON_AddNumberToObject(object, "rank", (double)t->shape->rank);
    cJSON_AddStringToObject(object, "dtype", precision_names[p]);
    cJSON_AddNumberToObject(object, "threads", t->machines[count].threads);
    cJSON *const seconds = cJSON_AddObjectToObject(object, "seconds");
    for (int which = 0; which < CONTENDERS; which++)
        cJSON_AddNumberToObject(seconds, contender_names[which], r->seconds[which]);
    cJSON_AddNumberToObject(object, "sweep_over_blas", plain / blas_seconds(r));
    cJSON_AddNumberToObject(object, "sweep_over_blas_row_major", plain / r->seconds[BLAS_ROWS]);
    cJSON_AddNumberToObject(object, "sweep_over_blas_row_major", plain / r->seconds[BLAS_ROWS]);
    cJSON_AddNumberToObject(object, "floor_flops", flop_seconds(t->shape, &t->machines[count], p));
    cJSON_AddNumberToObject(object, "floor_bytes", byte_seconds(t->shape, &t->machines[count], p));
    cJSON_AddNumberToObject(object, "sweep_over_floor", plain / floor_seconds(t->shape, &t->machines[count], p));
    cJSON_AddNumberToObject(object, "over_f64", plain / t->results[0][count].seconds[SWEEP_PLAIN]);
    cJSON_AddNumberToObject(object, "speedup_over_first_thread_count", t->results[p][0].seconds[SWEEP_PLAIN] / plain);
    cJSON_AddNumberToObject(object, "workspace_over_data", r->workspace / (entries(t->shape) * precision_bytes[p]));
    return object;
}

static cJSON *record_json(const machine *machines, int counts, const table *tables, int table_count)
{
    if (counts == 1 && table_count == 0)
        return machine_json(&machines[0]);
    cJSON *const record = cJSON_CreateObject();
    cJSON *const list = cJSON_AddArrayToObject(record, "machine");
    for (int count = 0; count < counts; count++)
        cJSON_AddItemToArray(list, machine_json(&machines[count]));
    cJSON *const results = cJSON_AddArrayToObject(record, "results");
    for (int slot = 0; slot < table_count * 2 * counts; slot++)
        cJSON_AddItemToArray(results, result_json(&tables[slot / counts / 2], slot / counts % 2, slot % counts));
    return record;
}

int record_write(const char *path, const machine *machines, int counts, const table *tables, int table_count)
{
    cJSON *const record = record_json(machines, counts, tables, table_count);
    char *const text = cJSON_Print(record);
    cJSON_Delete(record);
    FILE *const file = strcmp(path, "-") == 0 ? stdout : fopen(path, "w");
    int failed = text == NULL || file == NULL || fprintf(file, "%s\n", text) < 0;
    if (file != NULL)
        failed |= file == stdout ? fflush(file) != 0 : fclose(file) != 0;
    cJSON_free(text);
    if (failed)
        fprintf(stderr, "bench-kernels: cannot write %s\n", path);
    return failed;
}
