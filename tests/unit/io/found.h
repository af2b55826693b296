/* unit/io/found.h: what is expected of a text that holds a table, and checks of it. */
#ifndef FOUND_H
#define FOUND_H

#include "support.h"

/* What is expected of a text: labels with a '|' behind each, places, a part of a note; NULL where there are none. */
typedef struct expected {
    int64_t rows, columns;
    const double *values;
    const char *row_names, *names;
    const double *row_places, *places;
    const char *note;
} expected;

#define VALUES(...)                                                                                                    \
    (const double[])                                                                                                   \
    {                                                                                                                  \
        __VA_ARGS__                                                                                                    \
    }

static inline void check_places(const rlra_dataset *dataset, int mode, int64_t count, const double *places)
{
    const double *const found = rlra_dataset_axis(dataset, mode);
    assert_true((found == NULL) == (places == NULL));
    for (int64_t k = 0; places != NULL && k < count; k++)
        assert_true(found[k] == places[k]);
}

static inline int has_note(const rlra_dataset *dataset, const char *part)
{
    for (int k = 0; rlra_dataset_note(dataset, k) != NULL; k++)
        if (strstr(rlra_dataset_note(dataset, k), part) != NULL)
            return 1;
    return 0;
}

static inline void check_file(place *p, const rlra_read_options *asked, const expected *e)
{
    for (rlra_read_dtype dtype = RLRA_READ_F32; dtype <= RLRA_READ_F64; dtype++) {
        rlra_dataset *dataset = NULL;
        rlra_read_options options = *asked;
        options.dtype = dtype;
        if (rlra_dataset_read(p->context, p->path, &options, &dataset) != RLRA_OK)
            fail_msg("%s", rlra_context_message(p->context));
        const rlra_array *const array = rlra_dataset_array(dataset);
        assert_int_equal(array->dims[0], e->rows);
        assert_int_equal(array->dims[1], e->columns);
        for (int64_t i = 0; i < e->rows * e->columns; i++) {
            const double value = dtype == RLRA_READ_F32 ? (double)(float)e->values[i] : e->values[i];
            assert_true(entry_of(array, i) == value || (isnan(value) && isnan(entry_of(array, i))));
        }
        check_labels(dataset, 0, e->row_names);
        check_labels(dataset, 1, e->names);
        check_places(dataset, 0, e->rows, e->row_places);
        check_places(dataset, 1, e->columns, e->places);
        if (e->note != NULL && !has_note(dataset, e->note))
            fail_msg("no note holds '%s', the first is '%s'", e->note, rlra_dataset_note(dataset, 0));
        rlra_dataset_destroy(dataset);
    }
}

/* Read a text as it stands, and with the other ends of lines; none of them may make a difference. */
static inline void check_with(place *p, const char *text, rlra_read_options options, expected e)
{
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    for (int k = 0; k < 3; k++) {
        char changed[2048];
        size_t used = 0;
        for (const char *c = text; *c != '\0'; c++)
            used += (size_t)sprintf(changed + used, "%s", *c == '\n' ? ends[k] : (const char[]){*c, '\0'});
        put_file(at(p, "t.csv"), changed, used);
        check_file(p, &options, &e);
    }
}

static inline void check(place *p, const char *text, expected e)
{
    check_with(p, text, (rlra_read_options){0}, e);
}

/* Semicolons, tabs or blanks for commas. */
static inline void check_separators(place *p, const char *text, expected e)
{
    for (const char *sign = ",;\t "; *sign != '\0'; sign++) {
        char changed[1024];
        snprintf(changed, sizeof changed, "%s", text);
        for (char *c = changed; *c != '\0'; c++)
            *c = *c == ',' ? *sign : *c;
        check(p, changed, e);
    }
}

static inline void refuse_with(place *p, const char *text, rlra_read_options options, const char *part)
{
    rlra_dataset *dataset = NULL;
    put_file(at(p, "t.csv"), text, strlen(text));
    assert_int_not_equal(rlra_dataset_read(p->context, p->path, &options, &dataset), RLRA_OK);
    assert_null(dataset);
    if (strstr(rlra_context_message(p->context), part) == NULL)
        fail_msg("'%s' does not hold '%s'", rlra_context_message(p->context), part);
}

static inline void refuse(place *p, const char *text, const char *part)
{
    refuse_with(p, text, (rlra_read_options){0}, part);
}

#endif
