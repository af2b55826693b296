/* data/csf.c: sort the entries of a sparse tensor into a tree, sum duplicates, drop zeros. */
#include "data/csf.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/check.h"
#include "core/sparse.h"

/* The state of sorting entries into a tree. */
typedef struct sorter {
    rlra_context *context;
    const rlra_sparse *from;
    const int *modes;       /* modes of the levels                               */
    int64_t *expanded;      /* indices along the compressed mode of the view */
    int64_t *places, *room; /* entries in their order, and room for as many      */
    int64_t *starts;        /* as many as the longest mode, and one more         */
    int64_t count;          /* number of places                                  */
} sorter;

static const int64_t *index_of(const sorter *s, int level)
{
    const int mode = s->modes[level];
    return mode == s->from->compressed ? s->expanded : s->from->indices[mode];
}

/* Short modes first: long ones then share the paths above them. */
static void order_modes(const rlra_sparse *from, int root, csf *to)
{
    int count = 1;
    to->order = from->order;
    to->modes[0] = root;
    for (int m = 0; m < from->order; m++) {
        if (m == root)
            continue;
        int at = count++;
        for (; at > 1 && from->dims[to->modes[at - 1]] > from->dims[m]; at--)
            to->modes[at] = to->modes[at - 1];
        to->modes[at] = m;
    }
}

static rlra_status sorter_init(sorter *s)
{
    const rlra_sparse *const from = s->from;
    const size_t count = (size_t)from->count;
    int64_t longest = 0;
    for (int m = 0; m < from->order; m++)
        longest = from->dims[m] > longest ? from->dims[m] : longest;
    s->places = rlra_alloc(s->context, count, sizeof *s->places);
    s->room = rlra_alloc(s->context, count, sizeof *s->room);
    s->starts = rlra_alloc(s->context, (size_t)longest + 1, sizeof *s->starts);
    if (from->compressed >= 0)
        s->expanded = rlra_alloc(s->context, count, sizeof *s->expanded);
    if (s->places == NULL || s->room == NULL || s->starts == NULL || (from->compressed >= 0 && s->expanded == NULL))
        return rlra_fail_memory(s->context, 2 * count + (size_t)longest, sizeof *s->places,
                                "sorting the entries of a sparse tensor");
    for (int64_t i = 0; from->compressed >= 0 && i < from->dims[from->compressed]; i++)
        for (int64_t e = from->starts[i]; e < from->starts[i + 1]; e++)
            s->expanded[e] = i;
    for (int64_t e = 0; e < from->count; e++)
        s->places[e] = e;
    s->count = from->count;
    return RLRA_OK;
}

static void sorter_clear(sorter *s)
{
    rlra_free(s->context, s->places);
    rlra_free(s->context, s->room);
    rlra_free(s->context, s->starts);
    rlra_free(s->context, s->expanded);
}

/* A stable counting sort by the index of one level. */
static void sort_level(sorter *s, int level, int64_t length)
{
    const int64_t *const index = index_of(s, level);
    memset(s->starts, 0, ((size_t)length + 1) * sizeof *s->starts);
    for (int64_t e = 0; e < s->count; e++)
        s->starts[index[e] + 1]++;
    for (int64_t i = 0; i < length; i++)
        s->starts[i + 1] += s->starts[i];
    for (int64_t p = 0; p < s->count; p++)
        s->room[s->starts[index[s->places[p]]]++] = s->places[p];
    int64_t *const sorted = s->room;
    s->room = s->places;
    s->places = sorted;
}

/* The first level on which two entries differ; `order` if they are equal. */
static int parting(const sorter *s, int order, int64_t a, int64_t b)
{
    int level = 0;
    while (level < order && index_of(s, level)[a] == index_of(s, level)[b])
        level++;
    return level;
}

/* Sum entries with equal indices and drop zeros: places and values close up. */
static rlra_status merge(sorter *s, csf *to)
{
    const real *const value = s->from->values;
    int64_t count = 0;
    for (int64_t p = 0; p < s->count;) {
        const int64_t first = s->places[p], begin = p;
        double sum = (double)value[first];
        for (p++; p < s->count && parting(s, to->order, first, s->places[p]) == to->order; p++)
            sum += (double)value[s->places[p]];
        char where[SPARSE_WHERE_BYTES];
        const real total = (real)sum;
        if (!isfinite((double)total)) {
            rlra_sparse_where(s->from, first, where);
            return rlra_fail(s->context, RLRA_ERR_DATA,
                             "the entries at [%s] sum to %g, beyond the range of the precision", where, sum);
        }
        to->duplicates += p - begin - 1;
        to->zeros += total == 0;
        s->places[count] = first;
        to->values[count] = total;
        count += total != 0;
    }
    s->count = count;
    return RLRA_OK;
}

static void count_nodes(const sorter *s, csf *to)
{
    const int order = to->order;
    to->nodes[0] = s->from->dims[to->modes[0]];
    for (int64_t p = 0; p < s->count; p++) {
        const int level = p == 0 ? 0 : parting(s, order, s->places[p - 1], s->places[p]);
        for (int l = level > 1 ? level : 1; l < order; l++)
            to->nodes[l]++;
    }
}

static rlra_status take_levels(rlra_context *context, csf *to)
{
    for (int l = 0; l < to->order; l++) {
        const size_t nodes = (size_t)to->nodes[l];
        const int has_starts = l + 1 < to->order, has_indices = l > 0;
        if (has_starts)
            to->starts[l] = rlra_alloc(context, nodes + 1, sizeof *to->starts[l]);
        if (has_indices)
            to->indices[l] = rlra_alloc(context, nodes, sizeof *to->indices[l]);
        if ((has_starts && to->starts[l] == NULL) || (has_indices && to->indices[l] == NULL))
            return rlra_fail_memory(context, nodes, sizeof **to->starts, "the entries of a sparse tensor");
    }
    return RLRA_OK;
}

static void fill_levels(const sorter *s, csf *to)
{
    const int order = to->order;
    int64_t used[RLRA_MAX_ORDER] = {0}, root = 0;
    for (int64_t p = 0; p < s->count; p++) {
        const int64_t e = s->places[p];
        const int level = p == 0 ? 0 : parting(s, order, s->places[p - 1], e);
        for (; root <= index_of(s, 0)[e]; root++)
            to->starts[0][root] = used[1];
        for (int l = level > 1 ? level : 1; l < order; l++) {
            if (l + 1 < order)
                to->starts[l][used[l]] = used[l + 1];
            to->indices[l][used[l]++] = (int32_t)index_of(s, l)[e];
        }
    }
    for (; root < to->nodes[0]; root++)
        to->starts[0][root] = used[1];
    for (int l = 0; l + 1 < order; l++)
        to->starts[l][to->nodes[l]] = used[l + 1];
}

/* Cut the roots with many entries; only counts the pieces while to->pieces is NULL. */
static void cut_roots(csf *to)
{
    int64_t begin, end;
    to->piece_count = 0;
    for (ptrdiff_t i = 0; i < to->nodes[0]; i++) {
        int64_t first = to->starts[0][i];
        RLRA(csf_entries)(to, 0, i, &begin, &end);
        if (end - begin <= CSF_PIECE)
            continue;
        for (int64_t node = first; node < to->starts[0][i + 1]; node++) {
            int64_t from;
            RLRA(csf_entries)(to, 1, node, &from, &end);
            if (end - begin < CSF_PIECE && node + 1 < to->starts[0][i + 1])
                continue;
            if (to->pieces != NULL)
                to->pieces[to->piece_count] = (csf_piece){i, first, node + 1};
            to->piece_count++;
            first = node + 1;
            begin = end;
        }
    }
}

static rlra_status take_pieces(rlra_context *context, csf *to)
{
    cut_roots(to);
    to->pieces = rlra_alloc(context, (size_t)to->piece_count, sizeof *to->pieces);
    if (to->pieces == NULL)
        return rlra_fail_memory(context, (size_t)to->piece_count, sizeof *to->pieces, "the pieces of a sparse tensor");
    cut_roots(to);
    return RLRA_OK;
}

rlra_status RLRA(csf_create)(rlra_context *context, const rlra_sparse *from, int root, csf *to)
{
    rlra_status status = RLRA_OK;
    sorter s = {.context = context, .from = from, .modes = to->modes};
    *to = (csf){0};
    assert(from->order >= 3 && from->dtype == REAL_DTYPE);
    TRY(rlra_sparse_check(context, from));
    for (int m = 0; m < from->order; m++)
        REQUIRE(from->dims[m] <= INT32_MAX,
                rlra_fail(context, RLRA_ERR_UNSUPPORTED,
                          "mode %d of the sparse tensor has length %" PRId64 ", at most %d can be stored", m,
                          from->dims[m], INT32_MAX));
    order_modes(from, root, to);
    TRY(sorter_init(&s));
    for (int l = from->order - 1; l >= 0; l--)
        sort_level(&s, l, from->dims[to->modes[l]]);
    to->values = rlra_alloc(context, (size_t)from->count, sizeof *to->values);
    REQUIRE(to->values != NULL,
            rlra_fail_memory(context, (size_t)from->count, sizeof *to->values, "the entries of a sparse tensor"));
    TRY(merge(&s, to));
    count_nodes(&s, to);
    TRY(take_levels(context, to));
    fill_levels(&s, to);
    TRY(take_pieces(context, to));
cleanup:
    sorter_clear(&s);
    if (status != RLRA_OK)
        RLRA(csf_destroy)(context, to);
    return status;
}

void RLRA(csf_destroy)(rlra_context *context, csf *tree)
{
    for (int l = 0; l < tree->order; l++) {
        rlra_free(context, tree->starts[l]);
        rlra_free(context, tree->indices[l]);
    }
    rlra_free(context, tree->values);
    rlra_free(context, tree->pieces);
    *tree = (csf){0};
}

void RLRA(csf_entries)(const csf *tree, int level, int64_t p, int64_t *begin, int64_t *end)
{
    *begin = p;
    *end = p + 1;
    for (int l = level; l + 1 < tree->order; l++) {
        *begin = tree->starts[l][*begin];
        *end = tree->starts[l][*end];
    }
}

int64_t RLRA(csf_longest)(const csf *tree)
{
    int64_t longest = 0;
    for (int64_t i = 0; i < tree->nodes[0]; i++) {
        int64_t begin, end;
        RLRA(csf_entries)(tree, 0, i, &begin, &end);
        longest = end - begin > longest ? end - begin : longest;
    }
    return longest;
}

double RLRA(csf_bytes)(const csf *tree)
{
    double bytes = (double)tree->nodes[tree->order - 1] * sizeof *tree->values;
    for (int l = 0; l < tree->order; l++) {
        bytes += l + 1 < tree->order ? (double)(tree->nodes[l] + 1) * sizeof **tree->starts : 0;
        bytes += l > 0 ? (double)tree->nodes[l] * sizeof **tree->indices : 0;
    }
    return bytes;
}
