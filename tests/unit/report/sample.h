/* A page about an exact scene, and what any page must keep, for the tests of whole pages. */
#ifndef TESTS_UNIT_REPORT_SAMPLE_H
#define TESTS_UNIT_REPORT_SAMPLE_H

#include <cjson/cJSON.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "rlra/report.h"

/* Cube = abundances times spectra. */
typedef struct sample {
    rlra_context *context;
    rlra_model *model;
    double *cube, *wavelengths;
    rlra_page_scene scene;
    rlra_page_sweep sweeps[40];
    rlra_page page;
    char path[64];
} sample;

static const rlra_page_row rows[] = {{"Rank", "3"}, {"Relative error", "0.0214"}, {"Missing", NULL}};
static const char *const header[] = {"Component", "Angle"};
static const char *const cells[] = {"1", "0.041", "2", "0.120"};
static const rlra_page_table table = {"Best matches", 2, 2, header, cells};
static const int64_t pure_rows[] = {0, 1, 99999}, pure_columns[] = {0, 2, 0};

static inline void make_path(char path[64])
{
    strcpy(path, "/tmp/rlra-report-XXXXXX");
    const int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    unlink(path);
    strcat(path, ".html");
}

static inline void fill_model(rlra_model *model)
{
    for (int n = 0; n < rlra_model_order(model); n++) {
        const rlra_array f = rlra_model_factor(model, n);
        for (int64_t i = 0; i < f.dims[0]; i++)
            for (int64_t k = 0; k < f.dims[1]; k++)
                ((double *)f.data)[i * f.strides[0] + k * f.strides[1]] = 1.0 + sin((double)(i * (k + 2)) / 7.0 + n);
    }
}

static inline void make_scene(sample *s, int64_t height, int64_t width, int64_t bands, int64_t rank)
{
    const int64_t dims[2] = {bands, height * width}, cube[3] = {height, width, bands};
    *s = (sample){0};
    assert_int_equal(rlra_context_create(NULL, &s->context), RLRA_OK);
    assert_int_equal(rlra_model_create(s->context, RLRA_DTYPE_F64, 2, dims, rank, &s->model), RLRA_OK);
    fill_model(s->model);
    s->cube = calloc((size_t)(height * width * bands), sizeof *s->cube);
    s->wavelengths = calloc((size_t)bands, sizeof *s->wavelengths);
    const rlra_array f = rlra_model_factor(s->model, 0), a = rlra_model_factor(s->model, 1);
    for (int64_t e = 0; e < height * width * bands; e++)
        for (int64_t k = 0; k < rank; k++)
            s->cube[e] += ((const double *)f.data)[e % bands * f.strides[0] + k * f.strides[1]] *
                          ((const double *)a.data)[e / bands * a.strides[0] + k * a.strides[1]];
    for (int64_t b = 0; b < bands; b++)
        s->wavelengths[b] = 400.0 + 10.0 * (double)b;
    for (int i = 0; i < 40; i++)
        s->sweeps[i] = (rlra_page_sweep){i, 0.01 * i, 1.0 + exp(-i), 0.1 + exp(-i), i == 0 ? NAN : exp(-0.5 * i), 0};
    s->scene =
        (rlra_page_scene){height,         width, 1, 0,         rlra_array_contiguous(RLRA_DTYPE_F64, 3, cube, s->cube),
                          s->wavelengths, "nm",  3, pure_rows, pure_columns};
    s->page = (rlra_page){.title = "A scene",
                          .subtitle = "for tests",
                          .command = "rlra unmix scene.npy -r 3 --out there",
                          .summary_count = 3,
                          .summary = rows,
                          .option_count = 3,
                          .options = rows,
                          .table_count = 1,
                          .tables = &table,
                          .sweep_count = 40,
                          .sweeps = s->sweeps,
                          .model = s->model,
                          .scene = &s->scene};
    make_path(s->path);
}

static inline void clear_sample(sample *s)
{
    unlink(s->path);
    free(s->cube);
    free(s->wavelengths);
    rlra_model_destroy(s->model);
    rlra_context_destroy(s->context);
}

/* The page as text; freed by the caller. */
static inline char *read_file(const char *path)
{
    FILE *const file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    const long bytes = ftell(file);
    rewind(file);
    char *const text = malloc((size_t)bytes + 1);
    assert_int_equal(fread(text, 1, (size_t)bytes, file), bytes);
    text[bytes] = '\0';
    fclose(file);
    return text;
}

static inline char *write_page(sample *s)
{
    assert_int_equal(rlra_page_write(s->context, &s->page, s->path), RLRA_OK);
    return read_file(s->path);
}

/* Every block of data is JSON; returns how many there are. */
static inline int check_data(const char *text)
{
    static const char open[] = "<script type=\"application/json\">";
    int count = 0;
    for (const char *at = strstr(text, open); at != NULL; at = strstr(at + 1, open), count++) {
        const char *end = NULL;
        cJSON *const data = cJSON_ParseWithOpts(at + strlen(open), &end, 0);
        assert_non_null(data);
        assert_memory_equal(end, "</script>", 9);
        const int places = cJSON_GetArraySize(cJSON_GetObjectItem(data, "x"));
        const cJSON *series = NULL;
        cJSON_ArrayForEach(series, cJSON_GetObjectItem(data, "y")) assert_int_equal(cJSON_GetArraySize(series), places);
        cJSON_Delete(data);
    }
    return count;
}

/* What a browser would fetch: all src, href, url( and @import. The scripts of the page itself are left out. */
static inline void check_offline(const char *text)
{
    char *const body = strdup(text), *const scripts = strstr(body, "</footer>");
    assert_non_null(scripts);
    *scripts = '\0';
    for (const char *at = strstr(body, "src="); at != NULL; at = strstr(at + 1, "src="))
        assert_memory_equal(at, "src=\"data:image/png;base64,", 27);
    assert_null(strstr(body, "href="));
    assert_null(strstr(body, "url("));
    assert_null(strstr(body, "@import"));
    assert_null(strstr(body, "http://"));
    assert_non_null(strstr(body, "default-src 'none'"));
    free(body);
}

static inline int count_text(const char *text, const char *what)
{
    int count = 0;
    for (const char *at = strstr(text, what); at != NULL; at = strstr(at + 1, what))
        count++;
    return count;
}

#endif
