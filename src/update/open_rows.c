/* update/open_rows.c: the rows of a block that have not met the tolerance yet. */
#include "update/open_rows.h"
#include "block/kkt.h"

#include <math.h>
#include <string.h>

static factor take_factor(arena *from, ptrdiff_t rows, ptrdiff_t rank)
{
    const ptrdiff_t stride = block_stride(rows);
    return (factor){rlra_arena_take(from, (size_t)(rank * stride), sizeof(real)), rows, rank, stride};
}

void RLRA(open_rows_take)(open_rows *o, ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length, arena *from)
{
    o->x = take_factor(from, rows, rank);
    o->up = take_factor(from, rows, rank);
    o->down = take_factor(from, rows, rank);
    o->steep = take_factor(from, rows, o->wants_steep ? rank : 0);
    o->numbers = rlra_arena_take(from, (size_t)(3 * rank) + 2 * RLRA_ALIGNMENT / sizeof(double), sizeof(double));
    o->sides = rlra_arena_take(from, o->wants_steep ? (size_t)length : 0, sizeof(real));
    o->scratch = rlra_arena_take(from, 1, RLRA(rows_bytes)(rows, rank));
}

size_t RLRA(open_rows_bytes)(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length)
{
    arena measure = {0};
    open_rows o = {0};
    RLRA(open_rows_take)(&o, rows, rank, length, &measure);
    return measure.peak;
}

static void sum_sides(factor design, real *sides)
{
    memset(sides, 0, (size_t)design.length * sizeof *sides);
    for (ptrdiff_t k = 0; k < design.rank; k++)
        for (ptrdiff_t j = 0; j < design.length; j++)
            sides[j] += design.at[k * design.stride + j];
}

void RLRA(open_rows_init)(open_rows *o, const block *b, int wants_steep, int wants_values, arena *from)
{
    const ptrdiff_t rows = b->x.length, rank = b->x.rank;
    *o = (open_rows){.b = b, .wants_steep = wants_steep, .wants_values = wants_values};
    o->floor = (double)(real)b->floor;
    o->floor_is_zero = !(RLRA(penalties_least)(b->penalties) > 0);
    o->least = fmax(o->floor, RLRA(penalties_least)(b->penalties));
    o->most = fmax(o->least, RLRA(penalties_most)(b->penalties));
    o->linear = RLRA(penalties_linear)(b->penalties);
    o->quadratic = 2 * RLRA(penalties_quadratic)(b->penalties);
    RLRA(open_rows_take)(o, rows, rank, b->part->design.columns.length, from);
    if (wants_steep)
        sum_sides(b->part->design.columns, o->sides);
    for (ptrdiff_t i = 0; i < rows; i++)
        o->index[i] = i;
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t i = 0; i < rows; i++) {
            const double x = (double)b->x.at[k * b->x.stride + i], raised = x > o->least ? x : o->least;
            o->x.at[k * o->x.stride + i] = (real)(raised < o->most ? raised : o->most);
        }
}

void RLRA(open_rows_slopes)(open_rows *o)
{
    row_pass out = {.index = o->index,
                    .up = o->up,
                    .down = o->down,
                    .steep = o->steep,
                    .steep_sides = o->sides,
                    .values = o->wants_values ? o->values : NULL};
    if (!o->wants_steep)
        out.steep.at = NULL;
    RLRA(rows_pass)(o->b, o->x, &out, o->scratch);
}

void RLRA(open_rows_first_slopes)(open_rows *o)
{
    const block *const b = o->b;
    if (!b->knows_up) {
        RLRA(open_rows_slopes)(o);
        if (b->up.at != NULL)
            factor_copy(o->up, b->up);
        return;
    }
    factor_copy(b->up, o->up);
    RLRA(rows_sums)(b, NULL, o->down);
}

/* Entry x, or 0 if it is at the floor, which stands for 0 unless the gradient is negative. */
static inline real without_floor(real x, double floor, real up, double raise)
{
    return (((double)x <= floor) & ((double)up <= raise)) ? 0 : x;
}

static void drop_floor(const open_rows *o, ptrdiff_t begin, ptrdiff_t end)
{
    const double floor = o->floor, linear = o->linear, quadratic = o->quadratic;
    for (ptrdiff_t k = 0; o->floor_is_zero && k < o->x.rank; k++) {
        real *const x = o->x.at + k * o->x.stride;
        const real *const up = o->up.at + k * o->x.stride, *const down = o->down.at + k * o->x.stride;
        for (ptrdiff_t i = begin; i < end; i++)
            x[i] = without_floor(x[i], floor, up[i], (double)down[i] + linear + quadratic * (double)x[i]);
    }
}

/* Copy rows begin .. end-1 back to the block. */
static void put_back(const open_rows *o, ptrdiff_t begin, ptrdiff_t end)
{
    drop_floor(o, begin, end);
    for (ptrdiff_t k = 0; k < o->x.rank; k++)
        for (ptrdiff_t i = begin; i < end; i++)
            o->b->x.at[k * o->b->x.stride + o->index[i]] = o->x.at[k * o->x.stride + i];
}

static int is_done(const open_rows *o, ptrdiff_t i)
{
    const ptrdiff_t rank = o->x.rank;
    double *const x = o->numbers, *const up = x + rank, *const down = up + rank;
    for (ptrdiff_t k = 0; k < rank; k++) {
        const ptrdiff_t e = k * o->x.stride + i;
        up[k] = (double)o->up.at[e];
        down[k] = (double)o->down.at[e];
        x[k] = (double)o->x.at[e];
        if (o->floor_is_zero)
            x[k] = (double)without_floor(o->x.at[e], o->floor, o->up.at[e], down[k] + o->linear + o->quadratic * x[k]);
    }
    return RLRA(kkt_of_row)(o->b->penalties, rank, x, up, down) <= o->b->tolerance;
}

static void move_up(open_rows *o, ptrdiff_t to, ptrdiff_t from)
{
    const ptrdiff_t stride = o->x.stride;
    const factor all[] = {o->x, o->up, o->down, o->steep};
    for (int f = 0; f < (o->wants_steep ? 4 : 3); f++)
        for (ptrdiff_t k = 0; k < o->x.rank; k++)
            all[f].at[k * stride + to] = all[f].at[k * stride + from];
    o->values[to] = o->values[from];
    o->index[to] = o->index[from];
}

ptrdiff_t RLRA(open_rows_close)(open_rows *o)
{
    if (!(o->b->tolerance > 0))
        return o->x.length;
    ptrdiff_t left = 0;
    for (ptrdiff_t i = 0; i < o->x.length; i++) {
        if (is_done(o, i)) {
            put_back(o, i, i + 1);
            continue;
        }
        if (left < i)
            move_up(o, left, i);
        left++;
    }
    o->x.length = o->up.length = o->down.length = o->steep.length = left;
    return left;
}

void RLRA(open_rows_store)(const open_rows *o)
{
    put_back(o, 0, o->x.length);
}
