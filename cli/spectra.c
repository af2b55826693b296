/* cli/spectra.c: angles between spectra, and the assignment of components to classes. */
#include "spectra.h"

#include <math.h>
#include <stdlib.h>

#include "text.h"

void factor_column(const rlra_array *factor, int64_t k, double *column)
{
    for (int64_t i = 0; i < factor->dims[0]; ++i)
        column[i] = rlra_array_get(factor, (const int64_t[]){i, k});
}

double spectral_angle(int64_t bands, const double *a, const double *b)
{
    double product = 0.0, square_a = 0.0, square_b = 0.0;
    for (int64_t i = 0; i < bands; ++i) {
        if (isnan(a[i]) || isnan(b[i]))
            continue;
        product += a[i] * b[i];
        square_a += a[i] * a[i];
        square_b += b[i] * b[i];
    }
    const double lengths = sqrt(square_a) * sqrt(square_b);
    if (!(lengths > 0.0))
        return NAN;
    return acos(fmax(-1.0, fmin(1.0, product / lengths)));
}

double nearest_angle(const spectra_class *c, int64_t bands, const double *spectrum)
{
    double least = NAN;
    for (int64_t i = 0; i < c->count; ++i)
        least = fmin(least, spectral_angle(bands, c->spectra + i * bands, spectrum));
    return least;
}

/* The shortest augmenting path (Hungarian) method, a row at a time. Rows and columns are counted from 1 inside, 0 is
 * the root. row_of[j] is the row that column j is given to, price_* are the dual variables. */
typedef struct matching {
    int count;
    const double *cost;
    double *price_row, *price_column, *slack;
    int *row_of, *from, *seen;
} matching;

/* One step of the search: settle column `at`, relax the others, return the nearest unsettled one. */
static int advance(matching *m, int at)
{
    const int row = m->row_of[at];
    int next = 0;
    double least = INFINITY;
    m->seen[at] = 1;
    for (int j = 1; j <= m->count; ++j) {
        if (m->seen[j])
            continue;
        const double reduced = m->cost[(row - 1) * m->count + j - 1] - m->price_row[row] - m->price_column[j];
        if (reduced < m->slack[j]) {
            m->slack[j] = reduced;
            m->from[j] = at;
        }
        if (m->slack[j] < least) {
            least = m->slack[j];
            next = j;
        }
    }
    for (int j = 0; j <= m->count; ++j) {
        if (m->seen[j]) {
            m->price_row[m->row_of[j]] += least;
            m->price_column[j] -= least;
        } else {
            m->slack[j] -= least;
        }
    }
    return next;
}

static void add_row(matching *m, int row)
{
    for (int j = 0; j <= m->count; ++j) {
        m->slack[j] = INFINITY;
        m->seen[j] = 0;
    }
    m->row_of[0] = row;
    int at = 0;
    do
        at = advance(m, at);
    while (m->row_of[at] != 0);
    while (at != 0) {
        m->row_of[at] = m->row_of[m->from[at]];
        at = m->from[at];
    }
}

void assign_least(int count, const double *cost, int *assigned)
{
    const size_t room = (size_t)count + 1;
    matching m = {.count = count,
                  .cost = cost,
                  .price_row = cli_alloc(room, sizeof(double)),
                  .price_column = cli_alloc(room, sizeof(double)),
                  .slack = cli_alloc(room, sizeof(double)),
                  .row_of = cli_alloc(room, sizeof(int)),
                  .from = cli_alloc(room, sizeof(int)),
                  .seen = cli_alloc(room, sizeof(int))};
    for (int row = 1; row <= count; ++row)
        add_row(&m, row);
    for (int j = 1; j <= count; ++j)
        assigned[m.row_of[j] - 1] = j - 1;
    free(m.price_row);
    free(m.price_column);
    free(m.slack);
    free(m.row_of);
    free(m.from);
    free(m.seen);
}
