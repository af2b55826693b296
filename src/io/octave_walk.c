/* io/octave_walk.c: walk over the variables of Octave's text files. */
#include "io/octave_walk.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/number.h"

/* Most levels of nested structs and cells. */
#define DEPTH_MOST 32
/* Most entries of a range, which has none in the file. */
#define RANGE_MOST 65536

int rlra_octave_field(const char *line, const char *key, const char **rest)
{
    const size_t length = strlen(key);
    if (*line != '#' && *line != '%')
        return 0;
    line += 1 + strspn(line + 1, " \t");
    if (strncmp(line, key, length) != 0 || line[length] != ':')
        return 0;
    *rest = line + length + 1 + strspn(line + length + 1, " \t");
    return 1;
}

static rlra_status fail(const octave_walk *w, const char *expected)
{
    return rlra_fail(w->l->in->context, RLRA_ERR_FORMAT, "'%s', line %lld, in '%s': expected %s", w->l->in->path,
                     (long long)w->l->number, w->path, expected);
}

static rlra_status advance(octave_walk *w)
{
    return rlra_lines_next(w->l, '\0', &w->found);
}

/* If the current line is the field of a count, take it and go to the next; else set *has = 0 and stay. */
static rlra_status take_count(octave_walk *w, const char *key, int64_t *count, int *has)
{
    const char *rest;
    *has = w->found && rlra_octave_field(w->l->at, key, &rest);
    if (!*has)
        return RLRA_OK;
    w->l->at += rest - w->l->at;
    if (!rlra_line_integer(w->l, count) || !rlra_line_ends(w->l))
        return fail(w, "a count");
    return advance(w);
}

static rlra_status need_count(octave_walk *w, const char *key, int64_t *count)
{
    int has;
    char expected[40];
    snprintf(expected, sizeof expected, "'# %s: NUMBER'", key);
    const rlra_status status = take_count(w, key, count, &has);
    return status == RLRA_OK && !has ? fail(w, expected) : status;
}

/* Take `# ndims: 3` and a line of lengths, or `# rows: 2` and `# columns: 3`. */
static rlra_status take_dims(octave_walk *w, octave_array *a)
{
    rlra_status status = RLRA_OK;
    int64_t order, beyond;
    int has;
    TRY(take_count(w, "ndims", &order, &has));
    a->by_rows = !has;
    if (!has) {
        a->order = 2;
        TRY(need_count(w, "rows", &a->dims[0]));
        TRY(need_count(w, "columns", &a->dims[1]));
        goto cleanup;
    }
    a->order = order <= RLRA_MAX_ORDER ? (int)order : 0;
    for (int64_t mode = 0; mode < order; mode++)
        REQUIRE(w->found && rlra_line_integer(w->l, mode < a->order ? &a->dims[mode] : &beyond),
                fail(w, "the lengths of all modes"));
    TRY(advance(w));
    if (a->order == 0) {
        a->type = (scalar){SCALAR_NONE, 0, 0};
        snprintf(a->stored, sizeof a->stored, "order above 8");
    }
cleanup:
    return status;
}

static rlra_status take_range(octave_walk *w, octave_array *a)
{
    rlra_status status = RLRA_OK;
    double limit;
    const char *rest;
    REQUIRE(w->found && (rlra_octave_field(w->l->at, "base, limit, increment", &rest) || *w->l->at == '#'),
            fail(w, "'# base, limit, increment'"));
    TRY(advance(w));
    REQUIRE(w->found, fail(w, "base, limit and increment"));
    TRY(rlra_octave_value(w, &a->base));
    TRY(rlra_octave_value(w, &limit));
    TRY(rlra_octave_value(w, &a->increment));
    const double steps = a->increment == 0 ? 0 : floor((limit - a->base) / a->increment * (1 + 1e-14) + 1e-10);
    a->order = 2;
    a->dims[0] = 1;
    a->dims[1] = steps >= 0 && steps < RANGE_MOST ? (int64_t)steps + 1 : 0;
    if (!(steps < RANGE_MOST)) {
        a->type = (scalar){SCALAR_NONE, 0, 0};
        snprintf(a->stored, sizeof a->stored, "long range");
    }
cleanup:
    return status;
}

/* Classify one word of a type, such as `sparse` or `int8`. */
static void classify_word(octave_array *a, const char *word)
{
    static const struct {
        const char *word;
        scalar type;
    } types[] = {{"float", {SCALAR_FLOAT, 4, 0}}, {"bool", {SCALAR_BOOL, 1, 0}},   {"int8", {SCALAR_INT, 1, 0}},
                 {"int16", {SCALAR_INT, 2, 0}},   {"int32", {SCALAR_INT, 4, 0}},   {"int64", {SCALAR_INT, 8, 0}},
                 {"uint8", {SCALAR_UINT, 1, 0}},  {"uint16", {SCALAR_UINT, 2, 0}}, {"uint32", {SCALAR_UINT, 4, 0}},
                 {"uint64", {SCALAR_UINT, 8, 0}}};
    if (strcmp(word, "sparse") == 0)
        a->form = OCTAVE_SPARSE;
    else if (strcmp(word, "diagonal") == 0)
        a->form = OCTAVE_DIAGONAL;
    else if (a->type.kind != SCALAR_NONE && strcmp(word, "matrix") != 0 && strcmp(word, "scalar") != 0) {
        size_t k = 0;
        while (k < sizeof types / sizeof types[0] && strcmp(word, types[k].word) != 0)
            k++;
        a->type = k < sizeof types / sizeof types[0] ? types[k].type : (scalar){SCALAR_NONE, 0, 0};
    }
}

static void classify(octave_array *a, const char *type)
{
    static const struct {
        const char *type;
        octave_form form;
    } forms[] = {{"string", OCTAVE_TEXT},
                 {"sq_string", OCTAVE_TEXT},
                 {"cell", OCTAVE_CELL},
                 {"struct", OCTAVE_STRUCT},
                 {"scalar struct", OCTAVE_SCALAR_STRUCT}};
    char words[64], *rest = NULL;
    *a = (octave_array){.type = {SCALAR_FLOAT, 8, 0}};
    type += strncmp(type, "global ", 7) == 0 ? 7 : 0;
    type += strncmp(type, "null_", 5) == 0 ? 5 : 0; /* how Octave names '' and [] in cells and structs */
    snprintf(words, sizeof words, "%s", type);
    snprintf(a->stored, sizeof a->stored, "%.31s", words);
    const char *const last = strrchr(words, ' ') == NULL ? words : strrchr(words, ' ') + 1;
    if (strcmp(last, "range") == 0 || strcmp(last, "double_range") == 0) {
        a->form = OCTAVE_RANGE;
        snprintf(a->stored, sizeof a->stored, "float64");
        return;
    }
    const int scalar_form = strcmp(last, "scalar") == 0 || strcmp(words, "bool") == 0;
    if (scalar_form || strcmp(last, "matrix") == 0) {
        a->form = OCTAVE_FULL;
        a->order = scalar_form ? 0 : 2;
        for (char *word = strtok_r(words, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest))
            classify_word(a, word);
        if (a->type.kind != SCALAR_NONE)
            snprintf(a->stored, sizeof a->stored, "%s%s", a->form == OCTAVE_FULL ? "" : "sparse ",
                     rlra_scalar_name(a->type));
        return;
    }
    a->type = (scalar){SCALAR_NONE, 0, 0};
    for (size_t k = 0; k < sizeof forms / sizeof forms[0]; k++)
        if (strcmp(words, forms[k].type) == 0)
            a->form = forms[k].form;
}

rlra_status rlra_octave_value(octave_walk *w, double *value)
{
    rlra_status status = RLRA_OK;
    if (w->found && rlra_line_ends(w->l))
        TRY(advance(w));
    const char *const word = w->found && *w->l->at != '#' ? rlra_line_word(w->l) : NULL;
    REQUIRE(word != NULL, fail(w, "one more number"));
    if (strcmp(word, "NA") == 0)
        *value = NAN;
    else
        REQUIRE(rlra_number_parse(word, value), fail(w, "a number"));
cleanup:
    return status;
}

/* Take a string of `length` bytes from the current line on, with blanks for line ends in it. */
static rlra_status take_string(octave_walk *w, int64_t length)
{
    rlra_status status = RLRA_OK;
    const size_t begin = w->collecting ? w->text->used : 0;
    for (int64_t took = 0;; took++) {
        const int64_t here = w->l->end - w->l->at;
        REQUIRE(w->found, fail(w, "a string"));
        if (w->collecting)
            TRY(rlra_text_add(w->text, w->l->at, (size_t)here));
        took += here;
        if (took >= length)
            break;
        if (w->collecting)
            TRY(rlra_text_add(w->text, " ", 1));
        TRY(rlra_lines_cut(w->l, &w->found));
    }
    if (w->collecting)
        TRY(rlra_text_end_line(w->text, begin));
cleanup:
    return status;
}

/* Take strings: `# elements: 2`, then `# length: 3` and a line for each. */
static rlra_status take_strings(octave_walk *w, octave_array *a)
{
    rlra_status status = RLRA_OK;
    const char *rest;
    int64_t elements = 1, length = 0;
    int has;
    TRY(take_count(w, "elements", &elements, &has));
    for (int64_t k = 0; k < elements; k++) {
        REQUIRE(w->found && rlra_octave_field(w->l->at, "length", &rest), fail(w, "'# length: NUMBER'"));
        w->l->at += rest - w->l->at;
        REQUIRE(rlra_line_integer(w->l, &length), fail(w, "a count"));
        TRY(rlra_lines_cut(w->l, &w->found));
        TRY(take_string(w, length));
        TRY(advance(w));
    }
    if (elements == 0 && w->inside_cell && w->collecting)
        TRY(rlra_text_add(w->text, "\n", 1));
    snprintf(a->stored, sizeof a->stored, "text");
    a->order = 2;
    a->dims[0] = elements;
    a->dims[1] = length;
cleanup:
    return status;
}

static rlra_status take_variable(octave_walk *w, octave_array *a);

/* Take elements of a cell array, or fields of a struct array, which cannot be read by name. */
static rlra_status take_hidden(octave_walk *w, octave_array *a, int64_t count)
{
    rlra_status status = RLRA_OK;
    octave_array inside;
    w->inside_cell++;
    for (int64_t k = 0; k < count && w->found; k++) {
        TRY(take_variable(w, &inside));
        REQUIRE(!w->collecting || inside.form == OCTAVE_TEXT, fail(w, "text in each cell"));
        if (k == 0 && a->form == OCTAVE_CELL && inside.form == OCTAVE_TEXT)
            snprintf(a->stored, sizeof a->stored, "text");
    }
cleanup:
    w->inside_cell--;
    return status;
}

static rlra_status take_cell(octave_walk *w, octave_array *a)
{
    rlra_status status = RLRA_OK;
    int64_t count = 1;
    TRY(take_dims(w, a));
    for (int mode = 0; mode < a->order; mode++) {
        REQUIRE(a->dims[mode] <= INT32_MAX && count <= INT32_MAX, fail(w, "a cell array that fits into the file"));
        count *= a->dims[mode];
    }
    TRY(take_hidden(w, a, count));
cleanup:
    return status;
}

static rlra_status take_struct(octave_walk *w, octave_array *a)
{
    rlra_status status = RLRA_OK;
    const char *rest;
    int64_t fields;
    octave_array inside;
    snprintf(a->stored, sizeof a->stored, "struct");
    if (w->found && rlra_octave_field(w->l->at, "ndims", &rest))
        TRY(take_dims(w, a));
    TRY(need_count(w, "length", &fields));
    if (a->form == OCTAVE_STRUCT)
        TRY(take_hidden(w, a, fields));
    else
        for (int64_t k = 0; k < fields && w->found && !w->stop; k++)
            TRY(take_variable(w, &inside));
cleanup:
    return status;
}

/* Take counts and lengths of an array of numbers; visit() may read it, and the rest is skipped. */
static rlra_status take_numbers(octave_walk *w, octave_array *a)
{
    rlra_status status = RLRA_OK;
    const char *rest;
    if (a->form == OCTAVE_RANGE)
        TRY(take_range(w, a));
    if (a->form == OCTAVE_SPARSE)
        TRY(need_count(w, "nnz", &a->count));
    if (a->form != OCTAVE_RANGE && a->order > 0 &&
        (a->type.kind != SCALAR_NONE ||
         (w->found && (rlra_octave_field(w->l->at, "rows", &rest) || rlra_octave_field(w->l->at, "ndims", &rest)))))
        TRY(take_dims(w, a));
    if (!w->inside_cell)
        TRY(w->visit(w, a));
    while (!w->stop && w->found && !rlra_octave_field(w->l->at, "name", &rest))
        TRY(advance(w));
cleanup:
    return status;
}

/* Take one variable, from its line `# name: X` to its last line. */
static rlra_status take_variable(octave_walk *w, octave_array *a)
{
    rlra_status status = RLRA_OK;
    const size_t used = w->named ? 0 : strlen(w->path);
    const char *rest = NULL;
    const int outside = !w->collecting;
    while (w->found && !rlra_octave_field(w->l->at, "name", &rest))
        TRY(advance(w));
    *a = (octave_array){.form = OCTAVE_OTHER};
    if (!w->found)
        goto cleanup;
    REQUIRE(w->depth < DEPTH_MOST, fail(w, "fewer cells and structs within each other"));
    const place here = {rlra_lines_at(w->l), w->l->number};
    if (!w->inside_cell && !w->named) {
        const int more = snprintf(w->path + used, sizeof w->path - used, "%s%s", used == 0 ? "" : ".", rest);
        REQUIRE(more < (int)(sizeof w->path - used), fail(w, "shorter names of structs within each other"));
    }
    w->named = 0;
    w->here = here;
    TRY(advance(w));
    REQUIRE(w->found && rlra_octave_field(w->l->at, "type", &rest), fail(w, "'# type: ..'"));
    classify(a, rest);
    TRY(advance(w));
    w->depth++;
    w->collecting |= w->wanted != NULL && !w->inside_cell && strcmp(w->path, w->wanted) == 0;
    if (a->form == OCTAVE_TEXT)
        status = take_strings(w, a);
    else if (a->form == OCTAVE_CELL)
        status = take_cell(w, a);
    else if (a->form == OCTAVE_STRUCT || a->form == OCTAVE_SCALAR_STRUCT)
        status = take_struct(w, a);
    else
        status = take_numbers(w, a);
    w->depth--;
    w->here = here;
    if (status == RLRA_OK && !w->inside_cell && !w->stop &&
        (a->form == OCTAVE_TEXT || a->form == OCTAVE_CELL || a->form == OCTAVE_STRUCT))
        TRY(w->visit(w, a));
cleanup:
    if (outside)
        w->collecting = 0;
    w->path[used] = '\0';
    return status;
}

rlra_status rlra_octave_walk(octave_walk *w)
{
    rlra_status status = RLRA_OK;
    octave_array a;
    w->path[0] = '\0';
    TRY(advance(w));
    while (w->found && !w->stop)
        TRY(take_variable(w, &a));
cleanup:
    return status;
}

rlra_status rlra_octave_walk_one(octave_walk *w, const char *path)
{
    rlra_status status = RLRA_OK;
    octave_array a;
    snprintf(w->path, sizeof w->path, "%s", path);
    w->named = 1;
    TRY(advance(w));
    TRY(take_variable(w, &a));
cleanup:
    return status;
}
