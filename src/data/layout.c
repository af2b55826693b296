/* data/layout.c: cut a strided array into rows. */
#include "data/layout.h"

#include "linalg/kronecker.h"

/* Least length of a tail, for the kernels to be efficient. */
#define TAIL_LEAST 64

/* Bytes of a slab: it should stay in the caches next to the core between its two uses, but all that a pass sums up goes through
 * them once for each slab. 200 x 200 x 200, rank 10, beside a busy neighbour: 8.5 ms with 1.3 MB, 7.4 with 2.5, 8.8 with 4. */
#define SLAB_BYTES (5 << 19)

static ptrdiff_t magnitude(ptrdiff_t stride)
{
    return stride < 0 ? -stride : stride;
}

int RLRA(layout_outermost)(const rlra_array *array)
{
    int best = 0;
    for (int m = 1; m < array->order; m++)
        if (magnitude(array->strides[m]) > magnitude(array->strides[best]))
            best = m;
    return best;
}

/* Sort the modes by falling stride; equal strides keep the order of the modes. */
static void sort_modes(layout *l, const rlra_array *array)
{
    for (int m = 0; m < array->order; m++) {
        if (m == l->mode)
            continue;
        int at = l->others++;
        for (; at > 0 && magnitude(array->strides[l->modes[at - 1]]) < magnitude(array->strides[m]); at--)
            l->modes[at] = l->modes[at - 1];
        l->modes[at] = m;
    }
    for (int o = 0; o < l->others; o++) {
        l->dims[o] = array->dims[l->modes[o]];
        l->strides[o] = array->strides[l->modes[o]];
    }
}

/* Whether the other modes from `first` on are contiguous. */
static int contiguous(const layout *l, int first)
{
    ptrdiff_t expected = 1;
    for (int o = l->others - 1; o >= first; o--) {
        if (l->dims[o] != 1 && l->strides[o] != expected)
            return 0;
        expected *= l->dims[o];
    }
    return 1;
}

/* Rows of a group: many, as updates run along them, but four groups should fit in a slab. Whole rows with a head are multiplied
 * one by one; rows interleaved in memory are gathered by the cache line. */
static ptrdiff_t group_rows(const layout *l, ptrdiff_t bytes)
{
    const ptrdiff_t least = l->gathered ? 64 / (ptrdiff_t)sizeof(real) : l->first_tail > 0 ? 1 : 12;
    ptrdiff_t rows = 48;
    while (rows > least && 4 * rows * bytes > SLAB_BYTES)
        rows = (rows + 1) / 2;
    return rows < least ? least : rows;
}

/* Groups must not depend on the number of threads, or sums would. */
static void cut_rows(layout *l)
{
    const ptrdiff_t length = l->head * l->tail, bytes = (length > 0 ? length : 1) * (ptrdiff_t)sizeof(real);
    l->group = group_rows(l, bytes);
    const ptrdiff_t groups = SLAB_BYTES / (l->group * bytes);
    l->slab = l->group * (groups < 4 ? 4 : groups > 16 ? 16 : groups / 4 * 4);
}

layout RLRA(layout_along)(const rlra_array *array, int mode)
{
    layout l = {.mode = mode, .rows = array->dims[mode], .row_stride = array->strides[mode]};
    sort_modes(&l, array);
    l.gathered = !contiguous(&l, 0);
    l.head = 1;
    l.tail = 1;
    l.first_tail = l.others;
    while (l.first_tail > 0 && l.tail < TAIL_LEAST)
        l.tail *= l.dims[--l.first_tail];
    for (int o = 0; o < l.first_tail; o++)
        l.head *= l.dims[o];
    l.tail_gathered = !contiguous(&l, l.first_tail);
    cut_rows(&l);
    return l;
}

/* Copy the entries of one row, over the modes from `o` on, to contiguous memory. */
static real *gather_row(const layout *l, int o, const real *from, real *to)
{
    const ptrdiff_t stride = l->strides[o];
    if (o + 1 == l->others) {
        for (ptrdiff_t i = 0; i < l->dims[o]; i++)
            to[i] = from[i * stride];
        return to + l->dims[o];
    }
    for (ptrdiff_t i = 0; i < l->dims[o]; i++)
        to = gather_row(l, o + 1, from + i * stride, to);
    return to;
}

/* Gather rows that are interleaved in memory: read across a few rows at a time. */
static void gather_transposed(const layout *l, const real *from, ptrdiff_t rows, real *to)
{
    const ptrdiff_t length = l->head * l->tail;
    ptrdiff_t index[RLRA_MAX_ORDER] = {0};
    for (ptrdiff_t j = 0; j < length; j++) {
        const real *at = from;
        for (int o = 0; o < l->others; o++)
            at += index[o] * l->strides[o];
        for (ptrdiff_t i = 0; i < rows; i++)
            to[i * length + j] = at[i * l->row_stride];
        for (int o = l->others - 1; o >= 0 && ++index[o] == l->dims[o]; o--)
            index[o] = 0;
    }
}

void RLRA(layout_gather)(const layout *l, const real *at, ptrdiff_t begin, ptrdiff_t end, real *out)
{
    const ptrdiff_t length = l->head * l->tail;
    if (magnitude(l->row_stride) < magnitude(l->strides[l->others - 1])) {
        gather_transposed(l, at + begin * l->row_stride, end - begin, out);
        return;
    }
    for (ptrdiff_t i = begin; i < end; i++)
        gather_row(l, 0, at + i * l->row_stride, out + (i - begin) * length);
}

const real *RLRA(layout_tails)(const layout *l, const real *at, ptrdiff_t h, ptrdiff_t begin, ptrdiff_t end, real *room,
                               ptrdiff_t *stride)
{
    ptrdiff_t rest = h;
    for (int o = l->first_tail - 1; o >= 0; o--) {
        at += rest % l->dims[o] * l->strides[o];
        rest /= l->dims[o];
    }
    *stride = l->row_stride;
    if (!l->tail_gathered)
        return at + begin * l->row_stride;
    layout tails = *l;
    tails.others = l->others - l->first_tail;
    for (int o = 0; o < tails.others; o++) {
        tails.dims[o] = l->dims[l->first_tail + o];
        tails.strides[o] = l->strides[l->first_tail + o];
    }
    tails.head = 1;
    RLRA(layout_gather)(&tails, at, begin, end, room);
    *stride = l->tail;
    return room;
}

products RLRA(products_plan)(const layout *l, ptrdiff_t rank, arena *work)
{
    products p = {{NULL, l->head, rank, l->head}, {NULL, l->tail, rank, l->tail}};
    if (l->first_tail > 1)
        p.head.at = rlra_arena_take(work, (size_t)(rank * l->head), sizeof(real));
    if (l->others - l->first_tail > 1)
        p.tail.at = rlra_arena_take(work, (size_t)(rank * l->tail), sizeof(real));
    return p;
}

/* Columnwise Kronecker product of the factors of modes first .. last-1, the last one fastest. Factors may have fewer columns than
 * there is room for. */
static factor product_of(const layout *l, int first, int last, const factor *factors, factor planned)
{
    if (last == first)
        return (factor){NULL, 1, planned.rank, 1};
    if (last == first + 1)
        return factors[l->modes[first]];
    planned.rank = factors[l->modes[first]].rank;
    for (ptrdiff_t k = 0; k < planned.rank; k++) {
        const real *columns[RLRA_MAX_ORDER];
        for (int o = first; o < last; o++)
            columns[o] = factors[l->modes[o]].at + k * factors[l->modes[o]].stride;
        RLRA(kronecker)(last - first, columns + first, l->dims + first, planned.at + k * planned.stride);
    }
    return planned;
}

products RLRA(products_of)(const layout *l, const factor *factors, products planned)
{
    return (products){product_of(l, 0, l->first_tail, factors, planned.head),
                      product_of(l, l->first_tail, l->others, factors, planned.tail)};
}
