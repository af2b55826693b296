/* io/tns.c: the format .tns of FROSTT and the sptensor of the Tensor Toolbox: a sparse array of any order as text, a line of
 * indices and a value for each entry. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "io/dataset.h"
#include "io/format.h"
#include "io/lines.h"

/* Shape and number of entries, found by reading all lines. */
typedef struct extent {
    int order, has_header;
    int64_t dims[RLRA_MAX_ORDER]; /* stated by the header, or the largest indices */
    int64_t count, announced;     /* entries; -1 if the file does not state them */
} extent;

/* Detect the format; files of FROSTT have no mark, so that the ending decides. */
static int detect(const input *in)
{
    return rlra_lines_begin_with(in, "sptensor") ||
           (rlra_input_ends(in, ".tns") && memchr(in->head, '\0', in->head_bytes) == NULL);
}

static rlra_status fail_line(const lines *l, const char *expected)
{
    return rlra_fail(l->in->context, RLRA_ERR_FORMAT, "'%s', line %lld: expected %s", l->in->path, (long long)l->number,
                     expected);
}

static rlra_status read_lengths(lines *l, extent *x, int toolbox)
{
    rlra_status status = RLRA_OK;
    int found;
    TRY(rlra_lines_next(l, '#', &found));
    for (int m = 0; m < x->order; m++)
        REQUIRE(found && rlra_line_integer(l, &x->dims[m]) && x->dims[m] >= 1,
                fail_line(l, "the lengths of all modes"));
    REQUIRE(rlra_line_ends(l), fail_line(l, "no more lengths than modes"));
    if (toolbox) {
        TRY(rlra_lines_next(l, '#', &found));
        REQUIRE(found && rlra_line_integer(l, &x->announced) && rlra_line_ends(l),
                fail_line(l, "the number of entries"));
    }
    TRY(rlra_lines_next(l, '#', &found));
cleanup:
    return status;
}

/* A file of the Tensor Toolbox begins with `sptensor`, and has the number of entries after the lengths. Some programs write the
 * order, or the order and the number of entries, and a line of lengths before the entries. */
static rlra_status read_first(lines *l, extent *x)
{
    rlra_status status = RLRA_OK;
    int found, words = 0;
    int64_t order = 0;
    const int toolbox = rlra_lines_begin_with(l->in, "sptensor");
    x->announced = -1;
    TRY(rlra_lines_next(l, '#', &found));
    if (toolbox)
        TRY(rlra_lines_next(l, '#', &found));
    REQUIRE(found, rlra_fail(l->in->context, RLRA_ERR_FORMAT, "'%s' holds no entry", l->in->path));
    words = rlra_line_words(l);
    x->has_header = toolbox || words <= 2;
    if (x->has_header)
        REQUIRE(rlra_line_integer(l, &order) &&
                    (rlra_line_ends(l) || (!toolbox && rlra_line_integer(l, &x->announced))),
                fail_line(l, "indices and a value, or the order of the array"));
    else
        order = words - 1;
    REQUIRE(order >= 2 && order <= RLRA_MAX_ORDER,
            rlra_fail(l->in->context, RLRA_ERR_FORMAT, "'%s', line %lld: order %" PRId64 ", expected 2 to %d",
                      l->in->path, (long long)l->number, order, RLRA_MAX_ORDER));
    x->order = (int)order;
    if (x->has_header)
        TRY(read_lengths(l, x, toolbox));
cleanup:
    return status;
}

/* Take the indices of one line, converted to count from 0: within the dims, or extending them. */
static rlra_status take_indices(lines *l, extent *x, int64_t *index)
{
    rlra_status status = RLRA_OK;
    char of[32];
    for (int m = 0; m < x->order; m++) {
        REQUIRE(rlra_line_integer(l, &index[m]),
                rlra_fail(l->in->context, RLRA_ERR_FORMAT, "'%s', line %lld: expected %d indices and a value",
                          l->in->path, (long long)l->number, x->order));
        snprintf(of, sizeof of, " of mode %d", m);
        TRY(rlra_line_index(l, "index", of, x->has_header ? x->dims[m] : INT64_MAX, &index[m]));
        if (index[m] >= x->dims[m])
            x->dims[m] = index[m] + 1;
    }
cleanup:
    return status;
}

static rlra_status measure(lines *l, extent *x)
{
    rlra_status status = RLRA_OK;
    int64_t index[RLRA_MAX_ORDER];
    *x = (extent){.count = 0};
    TRY(read_first(l, x));
    for (int found = l->at < l->end; found; x->count++) {
        TRY(take_indices(l, x, index));
        TRY(rlra_lines_next(l, '#', &found));
    }
    REQUIRE(x->count > 0 || x->has_header,
            rlra_fail(l->in->context, RLRA_ERR_FORMAT, "'%s' holds no entry", l->in->path));
    REQUIRE(x->announced < 0 || x->announced == x->count,
            rlra_fail(l->in->context, RLRA_ERR_FORMAT, "'%s' announces %" PRId64 " entries, but has %" PRId64,
                      l->in->path, x->announced, x->count));
cleanup:
    return status;
}

static rlra_status list(const input *in, rlra_variable_callback callback, void *user)
{
    rlra_status status = RLRA_OK;
    lines *l = NULL;
    extent x;
    TRY(rlra_lines_create(in, &l));
    TRY(measure(l, &x));
    const rlra_variable reported = {"", "sparse real", x.order, x.dims, 1};
    callback(user, &reported);
cleanup:
    rlra_lines_destroy(l);
    return status;
}

static rlra_status read_entries(lines *l, extent *x, rlra_dataset *to)
{
    rlra_status status = RLRA_OK;
    extent again = {.order = 0};
    rlra_lines_restart(l);
    TRY(read_first(l, &again));
    x->has_header = 1; /* the dims are now known, and stay fixed even if the file changes while it is read */
    for (int64_t e = 0; e < x->count; e++) {
        int64_t index[RLRA_MAX_ORDER];
        double value;
        int found;
        TRY(take_indices(l, x, index));
        REQUIRE(rlra_line_number(l, &value) && rlra_line_ends(l),
                fail_line(l, "a number and the end of the line after the indices"));
        for (int m = 0; m < x->order; m++)
            to->indices[m][e] = index[m];
        rlra_dataset_set_value(to, e, value);
        TRY(rlra_lines_next(l, '#', &found));
    }
cleanup:
    return status;
}

static rlra_status read_array(const input *in, const char *name, rlra_read_dtype asked, rlra_dataset **dataset)
{
    rlra_status status = RLRA_OK;
    rlra_dataset *made = NULL;
    lines *l = NULL;
    extent x;
    TRY(rlra_lines_create(in, &l));
    TRY(measure(l, &x));
    rlra_sparse from = {.dtype = rlra_scalar_target((scalar){SCALAR_FLOAT, 8, 0}, asked),
                        .order = x.order,
                        .count = x.count,
                        .compressed = -1};
    memcpy(from.dims, x.dims, sizeof from.dims);
    TRY(rlra_dataset_create_sparse(in->context, "tns", name, "sparse real", &from, &made));
    TRY(read_entries(l, &x, made));
    *dataset = made;
    made = NULL;
cleanup:
    rlra_dataset_destroy(made);
    rlra_lines_destroy(l);
    return status;
}

const format_ops rlra_format_tns = {
    .about =
        {"tns",
         "a sparse array of any order in text, indices and a value in each line: FROSTT's .tns, sptensor of the Tensor "
         "Toolbox and pyttb",
         "read sparse", "Smith et al. 2017, FROSTT: http://frostt.io"},
    .endings = "",
    .claims = ".tns",
    .in_text = 1,
    .detect = detect,
    .list = list,
    .read = read_array,
};
