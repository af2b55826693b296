/* unit/io/support.h: what the tests of files share: values of the sample files, a folder of their own, short reads. */
#ifndef RLRA_TESTS_IO_SUPPORT_H
#define RLRA_TESTS_IO_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rlra/io.h"

#define DATA(name) RLRA_TEST_DATA "/" name

/* A context and a folder for one test. */
typedef struct place {
    rlra_context *context;
    char folder[64];
    char path[256];
} place;

static int set_up(void **state)
{
    place *const p = calloc(1, sizeof *p);
    snprintf(p->folder, sizeof p->folder, "/tmp/rlra-io-XXXXXX");
    *state = p;
    return mkdtemp(p->folder) == NULL || rlra_context_create(NULL, &p->context) != RLRA_OK;
}

static inline const char *at(place *p, const char *name)
{
    snprintf(p->path, sizeof p->path, "%s/%s", p->folder, name);
    return p->path;
}

/* Number of entries in the folder, which are removed. */
static inline int empty_folder(place *p)
{
    DIR *const folder = opendir(p->folder);
    int count = 0;
    for (const struct dirent *d = readdir(folder); d != NULL; d = readdir(folder)) {
        if (d->d_name[0] == '.')
            continue;
        char path[600];
        snprintf(path, sizeof path, "%s/%s", p->folder, d->d_name);
        if (unlink(path) != 0)
            rmdir(path);
        count++;
    }
    closedir(folder);
    return count;
}

static int tear_down(void **state)
{
    place *const p = *state;
    empty_folder(p);
    rmdir(p->folder);
    rlra_context_destroy(p->context);
    free(p);
    return 0;
}

static inline void put_file(const char *path, const void *bytes, size_t size)
{
    FILE *const file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

/* v(i) of data/io/make.py for a stored type. */
static inline double value_of(const char *stored, int64_t i)
{
    const int64_t v = i * 7 % 23;
    if (strcmp(stored, "bool") == 0)
        return (double)(v % 2);
    if (strncmp(stored, "uint", 4) == 0)
        return (double)v;
    return strncmp(stored, "int", 3) == 0 ? (double)(v - 11) : (double)(v - 11) / 2;
}

/* Entry number i in row-major order. */
static inline double entry_of(const rlra_array *array, int64_t i)
{
    int64_t index[RLRA_MAX_ORDER];
    for (int mode = array->order - 1; mode >= 0; mode--) {
        index[mode] = i % array->dims[mode];
        i /= array->dims[mode];
    }
    return rlra_array_get(array, index);
}

static inline rlra_dataset *must_read(place *p, const char *spec, rlra_read_dtype dtype)
{
    rlra_dataset *dataset = NULL;
    const rlra_status status = rlra_dataset_read(p->context, spec, &(rlra_read_options){.dtype = dtype}, &dataset);
    if (status != RLRA_OK)
        fail_msg("%s: %s", spec, rlra_context_message(p->context));
    return dataset;
}

/* Read, compare shape and type with what is expected and the entries with v(i). */
static inline void check_values(place *p, const char *spec, const char *stored, int order, const int64_t *dims)
{
    for (rlra_read_dtype dtype = RLRA_READ_AUTO; dtype <= RLRA_READ_F64; dtype++) {
        rlra_dataset *const dataset = must_read(p, spec, dtype);
        const rlra_array *const array = rlra_dataset_array(dataset);
        assert_string_equal(rlra_dataset_stored_dtype(dataset), stored);
        assert_int_equal(array->order, order);
        for (int mode = 0; mode < order; mode++)
            assert_int_equal(array->dims[mode], dims[mode]);
        const int small = strcmp(stored, "float32") == 0 || strcmp(stored, "float16") == 0;
        const int single = dtype == RLRA_READ_F32 || (dtype == RLRA_READ_AUTO && small);
        assert_int_equal(array->dtype, single ? RLRA_DTYPE_F32 : RLRA_DTYPE_F64);
        for (int64_t i = 0; i < rlra_array_count(array); i++)
            assert_true(entry_of(array, i) == value_of(stored, i));
        rlra_dataset_destroy(dataset);
    }
}

/* The labels of a mode are these, each with a '|' behind it; NULL: there are none. */
static inline void check_labels(const rlra_dataset *dataset, int mode, const char *expected)
{
    char all[1024] = "";
    if (expected == NULL) {
        assert_null(rlra_dataset_label(dataset, mode, 0));
        return;
    }
    for (int64_t k = 0; rlra_dataset_label(dataset, mode, k) != NULL; k++) {
        strcat(all, rlra_dataset_label(dataset, mode, k));
        strcat(all, "|");
    }
    assert_string_equal(all, expected);
}

/* Reading must fail with this status and a message that contains `part`. */
static inline void check_refused(place *p, const char *spec, rlra_status status, const char *part)
{
    rlra_dataset *dataset = (rlra_dataset *)p;
    const rlra_status got = rlra_dataset_read(p->context, spec, NULL, &dataset);
    assert_null(dataset);
    if (got != status || strstr(rlra_context_message(p->context), part) == NULL)
        fail_msg("%s: status %d, message '%s', expected %d and '%s'", spec, got, rlra_context_message(p->context),
                 status, part);
}

static inline void check_text(place *p, const char *spec, const char *expected)
{
    char *text = NULL;
    if (rlra_text_read(p->context, spec, &text) != RLRA_OK)
        fail_msg("%s: %s", spec, rlra_context_message(p->context));
    assert_string_equal(text, expected);
    rlra_text_free(p->context, text);
}

#define WITH_PLACE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define SHAPE(...)                                                                                                     \
    (const int64_t[])                                                                                                  \
    {                                                                                                                  \
        __VA_ARGS__                                                                                                    \
    }

#endif
