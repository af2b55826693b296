/* io/octave.c: the text format of Octave's `save`: variables by name, those in structs as STRUCT.FIELD. */
#include <string.h>

#include "io/format.h"
#include "io/octave_walk.h"

static int detect(const input *in)
{
    char line[64];
    const char *rest;
    size_t at = in->head_bytes >= 3 && memcmp(in->head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (at < in->head_bytes) {
        size_t length = 0;
        while (at + length < in->head_bytes && in->head[at + length] != '\n' && in->head[at + length] != '\r')
            length++;
        const size_t kept = length < sizeof line ? length : sizeof line - 1;
        memcpy(line, in->head + at, kept);
        line[kept] = '\0';
        if (rlra_octave_field(line, "name", &rest) && *rest != '\0')
            return 1;
        if (length > 0 && line[0] != '#' && line[0] != '%')
            return 0;
        at += length + 1;
        /* The line after the first comment is the name of a variable; other programs write more comments. */
        if (strncmp(line + strspn(line, "#% "), "Created by Octave", 17) == 0)
            return 1;
    }
    return 0;
}

/* A visitor that reports each variable. */
typedef struct reporter {
    rlra_variable_callback callback;
    void *user;
} reporter;

static rlra_status report(octave_walk *w, const octave_array *a)
{
    const reporter *const to = w->user;
    const rlra_variable reported = {w->path, a->stored, a->order, a->dims, a->type.kind != SCALAR_NONE};
    to->callback(to->user, &reported);
    return RLRA_OK;
}

static rlra_status list(const input *in, rlra_variable_callback callback, void *user)
{
    rlra_status status = RLRA_OK;
    reporter to = {callback, user};
    octave_walk w = {.visit = report, .user = &to};
    TRY(rlra_lines_create(in, &w.l));
    TRY(rlra_octave_walk(&w));
cleanup:
    rlra_lines_destroy(w.l);
    return status;
}

/* A visitor that keeps the place of each variable. */
typedef struct collector {
    const input *in;
    places *all;
} collector;

static rlra_status keep(octave_walk *w, const octave_array *a)
{
    const collector *const to = w->user;
    (void)a;
    return rlra_places_add(to->in, to->all, w->path, w->here);
}

static rlra_status collect(const input *in, places *all)
{
    rlra_status status = RLRA_OK;
    collector to = {in, all};
    octave_walk w = {.visit = keep, .user = &to};
    TRY(rlra_lines_create(in, &w.l));
    TRY(rlra_octave_walk(&w));
cleanup:
    rlra_lines_destroy(w.l);
    return status;
}

/* Visit a single variable. */
static rlra_status visit(const input *in, octave_walk *w, const char *name)
{
    rlra_status status = RLRA_OK;
    places *all;
    TRY(rlra_places_of(in, collect, &all));
    const place *const where = rlra_places_find(all, name);
    REQUIRE(where != NULL, rlra_fail(in->context, RLRA_ERR_ARGUMENT, "'%s' has no variable '%s'", in->path, name));
    TRY(rlra_lines_create_at(in, where->at, where->within, &w->l));
    TRY(rlra_octave_walk_one(w, name));
cleanup:
    return status;
}

/* A visitor that reads a variable. */
typedef struct reading {
    const char *name;
    rlra_read_dtype asked;
    rlra_dataset *made;
} reading;

static void set(const rlra_array *array, const int64_t *index, double value)
{
    int64_t at = 0;
    for (int mode = 0; mode < array->order; mode++)
        at += index[mode] * array->strides[mode];
    if (array->dtype == RLRA_DTYPE_F32)
        ((float *)array->data)[at] = (float)value;
    else
        ((double *)array->data)[at] = value;
}

static rlra_status read_full(octave_walk *w, const octave_array *a, reading *r)
{
    const input *const in = w->l->in;
    const shape s = rlra_shape(a->order, a->dims, !a->by_rows);
    rlra_status status = RLRA_OK;
    int64_t count;
    /* A range has no entries in the file; other entries have at least a digit and a separator. */
    TRY(rlra_shape_check(in, r->name, &s, 2,
                         a->form == OCTAVE_RANGE ? 2 * a->dims[1] : rlra_lines_left(w->l) + (w->l->end - w->l->at) + 2,
                         &count));
    TRY(rlra_dataset_create(in->context, "octave", r->name, a->stored, rlra_scalar_target(a->type, r->asked), &s,
                            &r->made));
    rlra_array flat = r->made->array;
    flat.order = 1;
    flat.strides[0] = 1;
    for (int64_t k = 0; k < count; k++) {
        double value = a->base + (double)k * a->increment;
        if (a->form != OCTAVE_RANGE)
            TRY(rlra_octave_value(w, &value));
        set(&flat, &k, value);
    }
cleanup:
    return status;
}

static rlra_status read_sparse(octave_walk *w, const octave_array *a, reading *r)
{
    const input *const in = w->l->in;
    const int diagonal = a->form == OCTAVE_DIAGONAL, bytes_each = diagonal ? 2 : 6;
    const int64_t shorter = a->dims[0] < a->dims[1] ? a->dims[0] : a->dims[1];
    const int64_t available = rlra_lines_left(w->l) + (w->l->end - w->l->at) + 2;
    rlra_status status = RLRA_OK;
    const rlra_sparse from = {.dtype = rlra_scalar_target(a->type, r->asked),
                              .order = 2,
                              .dims = {a->dims[0], a->dims[1]},
                              .count = diagonal ? shorter : a->count,
                              .compressed = -1};
    REQUIRE(from.count <= available / bytes_each,
            rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s:%s' announces %lld entries, but has %lld bytes for them",
                      in->path, r->name, (long long)from.count, (long long)available));
    TRY(rlra_dataset_create_sparse(in->context, "octave", r->name, a->stored, &from, &r->made));
    for (int64_t k = 0; k < from.count; k++) {
        double index[2] = {(double)k + 1, (double)k + 1}, value;
        for (int mode = 0; mode < 2; mode++) {
            if (!diagonal)
                TRY(rlra_octave_value(w, &index[mode]));
            REQUIRE(index[mode] >= 1 && index[mode] <= (double)a->dims[mode],
                    rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s', line %lld: index %g of mode %d, expected 1 to %lld",
                              in->path, (long long)w->l->number, index[mode], mode, (long long)a->dims[mode]));
            r->made->indices[mode][k] = (int64_t)index[mode] - 1;
        }
        TRY(rlra_octave_value(w, &value));
        rlra_dataset_set_value(r->made, k, value);
    }
    TRY(rlra_dataset_check_sparse(in, r->made));
cleanup:
    return status;
}

static rlra_status read_wanted(octave_walk *w, const octave_array *a)
{
    reading *const r = w->user;
    if (strcmp(w->path, r->name) != 0)
        return RLRA_OK;
    w->stop = 1;
    if (a->type.kind == SCALAR_NONE)
        return rlra_fail(w->l->in->context, RLRA_ERR_FORMAT, "'%s:%s' holds %s, expected real numbers", w->l->in->path,
                         r->name, a->stored);
    return a->form == OCTAVE_SPARSE || a->form == OCTAVE_DIAGONAL ? read_sparse(w, a, r) : read_full(w, a, r);
}

static rlra_status read_array(const input *in, const char *name, rlra_read_dtype dtype, rlra_dataset **dataset)
{
    rlra_status status = RLRA_OK;
    reading r = {name, dtype, NULL};
    octave_walk w = {.visit = read_wanted, .user = &r};
    TRY(visit(in, &w, name));
    REQUIRE(r.made != NULL, rlra_fail(in->context, RLRA_ERR_ARGUMENT, "'%s' has no variable '%s'", in->path, name));
    *dataset = r.made;
    r.made = NULL;
cleanup:
    rlra_dataset_destroy(r.made);
    rlra_lines_destroy(w.l);
    return status;
}

/* Check the text of the variable, which the walk has collected. */
static rlra_status check_text(octave_walk *w, const octave_array *a)
{
    int *const found = w->user;
    if (strcmp(w->path, w->wanted) != 0)
        return RLRA_OK;
    *found = w->stop = 1;
    return strcmp(a->stored, "text") == 0
               ? RLRA_OK
               : rlra_fail(w->l->in->context, RLRA_ERR_ARGUMENT, "'%s:%s' holds %s, expected text", w->l->in->path,
                           w->path, a->stored);
}

static rlra_status read_text(const input *in, const char *name, char **string)
{
    rlra_status status = RLRA_OK;
    int found = 0;
    text_buffer text = {.context = in->context};
    octave_walk w = {.visit = check_text, .user = &found, .wanted = name, .text = &text};
    TRY(visit(in, &w, name));
    REQUIRE(found, rlra_fail(in->context, RLRA_ERR_ARGUMENT, "'%s' has no variable '%s'", in->path, name));
    TRY(rlra_text_finish(&text, string));
cleanup:
    rlra_text_clear(&text);
    rlra_lines_destroy(w.l);
    return status;
}

const format_ops rlra_format_octave = {
    .about = {"octave", "variables of Octave in text, as its save without an option writes them",
              "read several text sparse", "GNU Octave, save"},
    .endings = "",
    .claims = ".mat",
    .in_text = 1,
    .many = 1,
    .detect = detect,
    .list = list,
    .read = read_array,
    .text = read_text,
};
