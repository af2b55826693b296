/* engine/tied.c: the quadratic part of factors whose rows a matrix ties to each other. */
#include "engine/tied.h"

#include <string.h>

#include "engine/fit.h"
#include "linalg/cholesky.h"

int RLRA(is_tied)(const fit *f, int n)
{
    for (int t = 0; t < f->terms; t++) {
        const int at = RLRA(term_place)(&f->term[t], n);
        if (at == f->term[t].form.order || (at >= 0 && f->term[t].form.map[at].rank > 0))
            return 1;
    }
    return 0;
}

void RLRA(tied_plan)(fit *f)
{
    size_t square = 0, entries = 0, bound = 0, rank = 0;
    for (int n = 0; n < f->factors; n++) {
        const size_t length = (size_t)f->x[n].length, columns = (size_t)f->x[n].rank;
        const size_t longer = length > columns ? length : columns;
        if (!RLRA(is_tied)(f, n))
            continue;
        square = columns * columns > square ? columns * columns : square;
        entries = length * columns > entries ? length * columns : entries;
        bound = 2 * longer * longer > bound ? 2 * longer * longer : bound;
        rank = columns > rank ? columns : rank;
    }
    for (int t = 0; t <= f->terms; t++)
        f->tied.gram[t] = rlra_arena_take(&f->work, square, sizeof(double));
    f->tied.rows = rlra_arena_take(&f->work, entries, sizeof(double));
    f->tied.sums = rlra_arena_take(&f->work, entries, sizeof(double));
    f->tied.bound = rlra_arena_take(&f->work, bound, sizeof(double));
    f->tied.diagonal = rlra_arena_take(&f->work, rank, sizeof(double));
}

/* sums[i] += sum_j left[j][i] rows[j], or rows[i]. */
static void add_left(const double *left, ptrdiff_t length, const double *rows, double *sums)
{
    for (ptrdiff_t i = 0; left == NULL && i < length; i++)
        sums[i] += rows[i];
    for (ptrdiff_t j = 0; left != NULL && j < length; j++)
        for (ptrdiff_t i = 0; i < length; i++)
            sums[i] += left[j * length + i] * rows[j];
}

/* The first `parts` parts of component k of the product with v, in double. */
static const double *product_of(const tied_gram *g, factor v, int parts, ptrdiff_t k)
{
    double *const rows = g->rows + k * g->length, *const sums = g->sums + k * g->length;
    memset(sums, 0, (size_t)g->length * sizeof *sums);
    for (int p = 0; p < parts; p++) {
        memset(rows, 0, (size_t)g->length * sizeof *rows);
        for (ptrdiff_t l = 0; l < g->rank; l++) {
            const double by = g->gram[p][k * g->rank + l];
            for (ptrdiff_t i = 0; i < g->length; i++)
                rows[i] += by * (double)v.at[l * v.stride + i];
        }
        add_left(g->left[p], g->length, rows, sums);
    }
    return sums;
}

static void apply(void *user, factor v, factor out)
{
    const tied_gram *const g = user;
#pragma omp parallel for num_threads(g->threads) schedule(static)
    for (ptrdiff_t k = 0; k < v.rank; k++) {
        const double *const sums = product_of(g, v, g->parts, k);
        for (ptrdiff_t i = 0; i < v.length; i++)
            out.at[k * out.stride + i] = (real)sums[i];
    }
}

/* A bound of the largest eigenvalue of a D^T D; one that never changes is computed once, at the cost of the cube of its size. */
static double left_bound(const tied_gram *g, const double *left, double *known)
{
    if (known != NULL && *known > 0)
        return *known;
    const double bound = rlra_eigenvalue_bound(g->length, left, g->bound);
    if (known != NULL)
        *known = bound;
    return bound;
}

/* Add part p to the largest diagonal entry of each component and to the bound of the largest eigenvalue. */
static void measure(tied_gram *g, int p, double *known)
{
    double most = 1, left = 1;
    if (g->left[p] != NULL) {
        most = 0;
        for (ptrdiff_t i = 0; i < g->length; i++)
            most = g->left[p][i * (g->length + 1)] > most ? g->left[p][i * (g->length + 1)] : most;
        left = left_bound(g, g->left[p], known);
    }
    for (ptrdiff_t k = 0; k < g->rank; k++)
        g->diagonal[k] += most * g->gram[p][k * (g->rank + 1)];
    g->products.largest += left * rlra_eigenvalue_bound(g->rank, g->gram[p], g->bound);
}

static double *fresh_gram(tied_gram *g)
{
    double *const gram = g->gram[g->parts];
    memset(gram, 0, (size_t)(g->rank * g->rank) * sizeof *gram);
    return gram;
}

void RLRA(tied_form)(fit *f, int n)
{
    tied_gram *const g = &f->tied;
    g->parts = 0;
    g->threads = f->threads;
    g->length = f->x[n].length;
    g->rank = f->x[n].rank;
    g->products = (gram_products){.apply = apply, .user = g, .diagonal = g->diagonal};
    memset(g->diagonal, 0, (size_t)g->rank * sizeof *g->diagonal);
    for (int t = 0; t < f->terms; t++) {
        fit_term *const term = &f->term[t];
        if (RLRA(term_place)(term, n) < 0)
            continue;
        const form_view view = RLRA(term_view)(term, n);
        RLRA(form_add_gram)(&term->form, &view, g->rank, term->weight, fresh_gram(g));
        g->left[g->parts] = view.left.at == NULL ? NULL : view.left_gram;
        measure(g, g->parts++, view.left_largest);
    }
    g->terms = g->parts;
    if ((RLRA(penalties_kinds)(&f->penalties[n]) & PENALTY_MAJORISED) == 0)
        return;
    RLRA(penalties_majorise)(&f->penalties[n], f->x[n], fresh_gram(g));
    g->left[g->parts] = NULL;
    measure(g, g->parts++, NULL);
}

double RLRA(tied_norm2)(const fit *f, factor x)
{
    double sum = 0;
    for (ptrdiff_t k = 0; k < x.rank; k++) {
        const double *const product = product_of(&f->tied, x, f->tied.terms, k);
        for (ptrdiff_t i = 0; i < x.length; i++)
            sum += product[i] * (double)x.at[k * x.stride + i];
    }
    return sum;
}
