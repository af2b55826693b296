/* data/csf.c: make a tree of the sorted entries of a sparse tensor, sum duplicates, drop zeros. */
#include "data/csf.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/check.h"
#include "core/sparse.h"
#include "data/csf_sort.h"

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

/* The first level on which two entries differ; `order` for equal ones. */
static int parting(const csf_entries_list *s, const uint64_t *a, const uint64_t *b)
{
    int word = 0, level = 0;
    while (word < s->words && a[word] == b[word])
        word++;
    if (word == s->words)
        return s->order;
    while (s->part[level].word < word || (a[word] ^ b[word]) >> s->part[level].shift == 0)
        level++;
    return level;
}

static double value_of(const csf_entries_list *s, const uint64_t *entry)
{
    double value;
    memcpy(&value, &entry[s->words], sizeof value);
    return value;
}

static rlra_status refuse_sum(rlra_context *context, const csf_entries_list *s, const uint64_t *entry, const csf *to,
                              double sum)
{
    int64_t index[RLRA_MAX_ORDER];
    char where[SPARSE_WHERE_BYTES];
    int used = 0;
    for (int l = 0; l < s->order; l++)
        index[to->modes[l]] = csf_index_of(s, entry, l);
    for (int m = 0; m < s->order; m++)
        used += snprintf(where + used, sizeof where - (size_t)used, "%s%" PRId64, m == 0 ? "" : ", ", index[m]);
    return rlra_fail(context, RLRA_ERR_DATA, "the entries at [%s] sum to %g, beyond the range of the precision", where,
                     sum);
}

/* Sum entries with equal indices and drop zeros: entries close up. */
static rlra_status merge(rlra_context *context, csf_entries_list *s, csf *to)
{
    const size_t bytes = (size_t)(s->words + 1) * sizeof *s->entries;
    int64_t count = 0;
    for (int64_t p = 0; p < s->count;) {
        const uint64_t *const first = csf_entry_at(s, p);
        const int64_t begin = p;
        double sum = value_of(s, first);
        for (p++; p < s->count && parting(s, first, csf_entry_at(s, p)) == s->order; p++)
            sum += value_of(s, csf_entry_at(s, p));
        if (!isfinite((double)(real)sum))
            return refuse_sum(context, s, first, to, sum);
        sum = (double)(real)sum;
        to->duplicates += p - begin - 1;
        to->zeros += sum == 0;
        memmove(csf_entry_at(s, count), first, bytes);
        memcpy(&csf_entry_at(s, count)[s->words], &sum, sizeof sum);
        count += sum != 0;
    }
    s->count = count;
    return RLRA_OK;
}

static void count_nodes(const csf_entries_list *s, csf *to)
{
    const int order = to->order;
    to->nodes[0] = s->part[0].length;
    for (int64_t p = 0; p < s->count; p++) {
        const int level = p == 0 ? 0 : parting(s, csf_entry_at(s, p - 1), csf_entry_at(s, p));
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

static void fill_levels(const csf_entries_list *s, csf *to)
{
    const int order = to->order;
    int64_t used[RLRA_MAX_ORDER] = {0}, root = 0;
    for (int64_t p = 0; p < s->count; p++) {
        const uint64_t *const e = csf_entry_at(s, p);
        const int level = p == 0 ? 0 : parting(s, e - s->words - 1, e);
        for (; root <= csf_index_of(s, e, 0); root++)
            to->starts[0][root] = used[1];
        for (int l = level > 1 ? level : 1; l < order; l++) {
            if (l + 1 < order)
                to->starts[l][used[l]] = used[l + 1];
            to->indices[l][used[l]++] = (int32_t)csf_index_of(s, e, l);
        }
        to->values[p] = (real)value_of(s, e);
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
    csf_entries_list s = {0};
    *to = (csf){0};
    assert(from->order >= 3 && from->dtype == REAL_DTYPE);
    TRY(rlra_sparse_check(context, from));
    for (int m = 0; m < from->order; m++)
        REQUIRE(from->dims[m] <= INT32_MAX,
                rlra_fail(context, RLRA_ERR_UNSUPPORTED,
                          "mode %d of the sparse tensor has length %" PRId64 ", at most %d can be stored", m,
                          from->dims[m], INT32_MAX));
    order_modes(from, root, to);
    TRY(RLRA(csf_entries_sort)(context, from, to->modes, &s));
    TRY(merge(context, &s, to));
    count_nodes(&s, to);
    to->values = rlra_alloc(context, (size_t)s.count, sizeof *to->values);
    REQUIRE(to->values != NULL,
            rlra_fail_memory(context, (size_t)s.count, sizeof *to->values, "the entries of a sparse tensor"));
    TRY(take_levels(context, to));
    fill_levels(&s, to);
    TRY(take_pieces(context, to));
cleanup:
    RLRA(csf_entries_clear)(context, &s);
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
