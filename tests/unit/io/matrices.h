/* unit/io/matrices.h: what tests of sparse files share: compare what is read with a table. */
#ifndef RLRA_TESTS_IO_MATRICES_H
#define RLRA_TESTS_IO_MATRICES_H

#include "rlra/sparse.h"
#include "unit/io/support.h"

/* The entries of a sparse matrix in a row-major table, duplicates summed; freed by the caller. */
static inline double *table_of(const rlra_sparse *s)
{
    double *const table = calloc((size_t)(s->dims[0] * s->dims[1]), sizeof *table);
    int64_t group = 0;
    for (int64_t e = 0; e < s->count; e++) {
        while (s->compressed >= 0 && s->starts[group + 1] <= e)
            group++;
        const int64_t i = s->compressed == 0 ? group : s->indices[0][e],
                      j = s->compressed == 1 ? group : s->indices[1][e];
        table[i * s->dims[1] + j] +=
            s->dtype == RLRA_DTYPE_F32 ? (double)((const float *)s->values)[e] : ((const double *)s->values)[e];
    }
    return table;
}

static inline void check_matrix(place *p, const char *spec, const char *stored, int64_t rows, int64_t columns,
                                const double *expected)
{
    for (rlra_read_dtype dtype = RLRA_READ_AUTO; dtype <= RLRA_READ_F64; dtype++) {
        rlra_dataset *const dataset = must_read(p, spec, dtype);
        const rlra_sparse *const s = rlra_dataset_sparse(dataset);
        assert_non_null(s);
        assert_null(rlra_dataset_array(dataset));
        assert_string_equal(rlra_dataset_stored_dtype(dataset), stored);
        assert_true(s->order == 2 && s->dims[0] == rows && s->dims[1] == columns);
        const int single = dtype == RLRA_READ_F32 || (dtype == RLRA_READ_AUTO && strstr(stored, "float32") != NULL);
        assert_int_equal(s->dtype, single ? RLRA_DTYPE_F32 : RLRA_DTYPE_F64);
        assert_int_equal(rlra_sparse_check(p->context, s), RLRA_OK);
        double *const table = table_of(s);
        for (int64_t e = 0; e < rows * columns; e++)
            if (table[e] != expected[e])
                fail_msg("%s: entry %d is %g, expected %g", spec, (int)e, table[e], expected[e]);
        free(table);
        rlra_dataset_destroy(dataset);
    }
}

/* The entries of the samples: every third of v(i), times a number. */
static inline void check_sample(place *p, const char *spec, const char *stored, double times)
{
    double expected[30];
    for (int e = 0; e < 30; e++)
        expected[e] = e % 3 == 0 ? times * value_of("float64", e) : 0;
    check_matrix(p, spec, stored, 6, 5, expected);
}

/* The same of order 3: 3 x 4 x 2. */
static inline void check_tensor(place *p, const char *spec, const char *stored, const rlra_read_options *options)
{
    rlra_dataset *dataset = NULL;
    double table[24] = {0};
    if (rlra_dataset_read(p->context, spec, options, &dataset) != RLRA_OK)
        fail_msg("%s: %s", spec, rlra_context_message(p->context));
    const rlra_sparse *const s = rlra_dataset_sparse(dataset);
    assert_non_null(s);
    assert_string_equal(rlra_dataset_stored_dtype(dataset), stored);
    assert_true(s->order == 3 && s->dims[0] == 3 && s->dims[1] == 4 && s->dims[2] == 2 && s->compressed == -1);
    for (int64_t e = 0; e < s->count; e++)
        table[(s->indices[0][e] * 4 + s->indices[1][e]) * 2 + s->indices[2][e]] += ((const double *)s->values)[e];
    for (int e = 0; e < 24; e++)
        assert_true(table[e] == (e % 3 == 0 ? value_of("float64", e) : 0));
    rlra_dataset_destroy(dataset);
}

/* Note `index` of a file must contain `part`; NULL: there is none. */
static inline void check_note(place *p, const char *spec, int index, const char *part)
{
    rlra_dataset *const dataset = must_read(p, spec, RLRA_READ_AUTO);
    const char *const note = rlra_dataset_note(dataset, index);
    if ((note == NULL) != (part == NULL) || (part != NULL && strstr(note, part) == NULL))
        fail_msg("%s: note '%s', expected '%s'", spec, note == NULL ? "" : note, part == NULL ? "" : part);
    rlra_dataset_destroy(dataset);
}

static inline const char *put_text(place *p, const char *name, const char *text)
{
    const char *const path = at(p, name);
    put_file(path, text, strlen(text));
    return path;
}

#endif
