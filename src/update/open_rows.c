/* update/open_rows.c: the rows of a block that have not met the tolerance yet. */
#include "update/open_rows.h"

#include <math.h>
#include <string.h>

static size_t whole_lines(size_t bytes)
{
    return (bytes + 63) / 64 * 64;
}

static size_t factor_bytes(ptrdiff_t rank)
{
    return whole_lines((size_t)(rank * UPDATE_ROWS) * sizeof(real));
}

size_t RLRA(open_rows_bytes)(ptrdiff_t rank, ptrdiff_t length, int wants_steep)
{
    const size_t sides = wants_steep ? whole_lines((size_t)length * sizeof(real)) : 0;
    return 4 * factor_bytes(rank) + whole_lines((size_t)(3 * rank) * sizeof(double)) + sides +
           whole_lines(RLRA(rows_bytes)(rank, length));
}

static void *take(char **at, size_t bytes)
{
    void *const taken = *at;
    *at += whole_lines(bytes);
    return taken;
}

static factor take_factor(char **at, ptrdiff_t rows, ptrdiff_t rank)
{
    return (factor){take(at, factor_bytes(rank)), rows, rank, UPDATE_ROWS};
}

static void sum_sides(factor design, real *sides)
{
    memset(sides, 0, (size_t)design.length * sizeof *sides);
    for (ptrdiff_t k = 0; k < design.rank; k++)
        for (ptrdiff_t j = 0; j < design.length; j++)
            sides[j] += design.at[k * design.stride + j];
}

void *RLRA(open_rows_init)(open_rows *o, const row_block *b, double floor, int wants_steep, int wants_values)
{
    const ptrdiff_t rows = b->x.length, rank = b->x.rank;
    char *at = b->scratch;
    *o = (open_rows){.b = b, .wants_steep = wants_steep, .wants_values = wants_values};
    o->floor = (double)(real)floor;
    o->floor_is_zero = !(RLRA(penalties_least)(b->penalties) > 0);
    o->least = fmax(o->floor, (double)(real)RLRA(penalties_least)(b->penalties));
    o->most = fmax(o->least, (double)(real)RLRA(penalties_most)(b->penalties));
    o->linear = RLRA(penalties_linear)(b->penalties);
    o->quadratic = 2 * RLRA(penalties_quadratic)(b->penalties);
    o->x = take_factor(&at, rows, rank);
    o->up = take_factor(&at, rows, rank);
    o->down = take_factor(&at, rows, rank);
    o->steep = take_factor(&at, rows, rank);
    o->numbers = take(&at, (size_t)(3 * rank) * sizeof(double));
    o->sides = take(&at, wants_steep ? (size_t)b->design.length * sizeof(real) : 0);
    o->scratch = take(&at, RLRA(rows_bytes)(rank, b->design.length));
    if (wants_steep)
        sum_sides(b->design, o->sides);
    for (ptrdiff_t i = 0; i < rows; i++)
        o->index[i] = i;
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t i = 0; i < rows; i++) {
            const double x = (double)b->x.at[k * b->x.stride + i];
            o->x.at[k * UPDATE_ROWS + i] = (real)fmin(fmax(x, o->least), o->most);
        }
    return at;
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

/* Entry k of row i; 0 where it ended at the floor, for which it stands unless its gradient is negative. */
static real without_floor(const open_rows *o, ptrdiff_t i, ptrdiff_t k)
{
    const ptrdiff_t e = k * UPDATE_ROWS + i;
    const double x = (double)o->x.at[e], raise = (double)o->down.at[e] + o->linear + o->quadratic * x;
    return o->floor_is_zero && x <= o->floor && (double)o->up.at[e] <= raise ? 0 : o->x.at[e];
}

static void put_back(const open_rows *o, ptrdiff_t i)
{
    for (ptrdiff_t k = 0; k < o->x.rank; k++)
        o->b->x.at[k * o->b->x.stride + o->index[i]] = without_floor(o, i, k);
}

static int is_done(const open_rows *o, ptrdiff_t i)
{
    const ptrdiff_t rank = o->x.rank;
    double *const x = o->numbers, *const up = x + rank, *const down = up + rank;
    for (ptrdiff_t k = 0; k < rank; k++) {
        x[k] = (double)without_floor(o, i, k);
        up[k] = (double)o->up.at[k * UPDATE_ROWS + i];
        down[k] = (double)o->down.at[k * UPDATE_ROWS + i];
    }
    return RLRA(row_kkt)(o->b->penalties, rank, x, up, down) <= o->b->tolerance;
}

static void move_up(open_rows *o, ptrdiff_t to, ptrdiff_t from)
{
    const factor all[] = {o->x, o->up, o->down, o->steep};
    for (int f = 0; f < (o->wants_steep ? 4 : 3); f++)
        for (ptrdiff_t k = 0; k < o->x.rank; k++)
            all[f].at[k * UPDATE_ROWS + to] = all[f].at[k * UPDATE_ROWS + from];
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
            put_back(o, i);
            continue;
        }
        if (left < i)
            move_up(o, left, i);
        left++;
    }
    o->x.length = o->up.length = o->down.length = o->steep.length = left;
    return left;
}

void RLRA(open_rows_count)(const open_rows *o, int rounds)
{
    if (o->b->counts->rounds < rounds)
        o->b->counts->rounds = rounds;
}

void RLRA(open_rows_store)(const open_rows *o)
{
    for (ptrdiff_t i = 0; i < o->x.length; i++)
        put_back(o, i);
}
