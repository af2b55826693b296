/* update/newton_model.c: curvature of a row's objective, and the minimiser of the quadratic model within the bounds. */
#include "update/newton_model.h"

#include <math.h>
#include <string.h>

/* Entries of the design that are weighted together. */
#define PANEL 128

/* The diagonal is raised by this fraction, and more the farther the row is from its solution. Directions without curvature, in
 * which the linear part of kl may still descend, then end at a bound; the solution does not change, as the model is centred at
 * x. */
#define LEAST_DAMPING 1e-10
#define MOST_DAMPING  1e-4

/* Fraction of the convex curvature that must be left for a Hessian to count as positive definite. */
#define LEAST_PIVOT 1e-7

void RLRA(newton_step_take)(newton_step *step, ptrdiff_t rank, arena *from)
{
    const size_t r = (size_t)rank;
    step->hessian = rlra_arena_take(from, r * r, sizeof(double));
    step->concave = rlra_arena_take(from, r * r, sizeof(double));
    step->slope = rlra_arena_take(from, r, sizeof(double));
    step->goal = rlra_arena_take(from, r, sizeof(double));
    step->way = rlra_arena_take(from, r, sizeof(double));
    step->side = rlra_arena_take(from, r, sizeof(double));
    step->unknowns = rlra_arena_take(from, r, sizeof(ptrdiff_t));
    step->inside = rlra_arena_take(from, r, sizeof(ptrdiff_t));
    step->panel = rlra_arena_take(from, r * PANEL, sizeof(real));
    step->work = rlra_arena_take(from, 1, rlra_quadratic_bytes(rank));
}

static void choose_unknowns(const row_state *s, newton_step *step)
{
    step->count = 0;
    for (ptrdiff_t k = 0; k < s->rank; k++) {
        const double slope = s->down[k] - s->up[k] + s->linear + s->quadratic * s->x[k];
        if (slope < 0 ? s->x[k] >= s->most : s->x[k] <= s->least)
            continue;
        step->slope[step->count] = slope;
        step->unknowns[step->count++] = k;
    }
}

/* Curvature of entry j in its convex or concave part, times v^2; the latter with positive sign. */
static double bend(const row_state *s, ptrdiff_t j, int concave)
{
    const loss_kind kind = s->block->loss->kind;
    const double beta = s->beta, y = (double)s->y[j];
    if (kind == LOSS_KL)
        return concave ? 0 : y;
    if (kind == LOSS_IS)
        return concave ? 1 : 2 * (double)s->cross[j];
    const double own = (beta - 1) * (double)s->own[j], cross = (2 - beta) * (double)s->cross[j];
    return concave ? fmax(-own, 0) + fmax(-cross, 0) : fmax(own, 0) + fmax(cross, 0);
}

/* out = A^T diag(bend / v^2) A over the unknowns. */
static void form_gram(row_state *s, const newton_step *step, int concave, double *out)
{
    const factor a = s->block->part->design.columns;
    memset(out, 0, (size_t)(step->count * step->count) * sizeof *out);
    for (ptrdiff_t j = 0; j < s->length; j++)
        s->row[j] = (real)sqrt(bend(s, j, concave)) * s->inverse[j];
    for (ptrdiff_t begin = 0; begin < s->length; begin += PANEL) {
        const ptrdiff_t width = s->length - begin < PANEL ? s->length - begin : PANEL;
        for (ptrdiff_t f = 0; f < step->count; f++) {
            const real *const from = a.at + step->unknowns[f] * a.stride + begin;
            for (ptrdiff_t j = 0; j < width; j++)
                step->panel[f * PANEL + j] = from[j] * s->row[begin + j];
        }
        s->block->kernels->gram(width, step->count, step->panel, PANEL, step->panel, PANEL, out, 1);
    }
}

/* Whether a symmetric matrix is positive definite relative to another, by a factorisation that overwrites its upper part. */
static int is_definite(ptrdiff_t size, double *m, const double *compared)
{
    for (ptrdiff_t p = 0; p < size; p++) {
        double *const row = m + p * size;
        if (!(row[p] > LEAST_PIVOT * compared[p * (size + 1)]))
            return 0;
        for (ptrdiff_t q = p + 1; q < size; q++) {
            const double part = row[q] / row[p];
            for (ptrdiff_t c = q; c < size; c++)
                m[q * size + c] -= part * row[c];
        }
    }
    return 1;
}

/* Form the Hessian, or its convex part if it is not positive definite; the model then majorises the concave terms of the
 * objective. */
static void form_hessian(row_state *s, newton_step *step, double damping)
{
    const ptrdiff_t n = step->count;
    const int concave = s->beta < 1 || s->beta > 2;
    form_gram(s, step, 0, step->hessian);
    for (ptrdiff_t f = 0; f < n; f++)
        step->hessian[f * n + f] = (step->hessian[f * n + f] + s->quadratic) * (1 + damping);
    if (!concave)
        return;
    form_gram(s, step, 1, step->concave);
    for (ptrdiff_t e = 0; e < n * n; e++)
        step->concave[e] = step->hessian[e] - step->concave[e];
    for (ptrdiff_t f = 0; f < n; f++)
        for (ptrdiff_t g = 0; g < f; g++)
            step->concave[f * n + g] = step->concave[g * n + f];
    /* The factorisation keeps the lower part; the diagonal is rebuilt with it. */
    double *const diagonal = step->side;
    for (ptrdiff_t f = 0; f < n; f++)
        diagonal[f] = step->concave[f * n + f];
    if (!is_definite(n, step->concave, step->hessian))
        return;
    for (ptrdiff_t f = 0; f < n; f++) {
        step->hessian[f * n + f] = diagonal[f];
        for (ptrdiff_t g = 0; g < f; g++)
            step->hessian[f * n + g] = step->hessian[g * n + f] = step->concave[f * n + g];
    }
}

/* Minimise the model over x >= least over the unknowns in `inside`; the others are at their upper bound. */
static void solve_inside(const row_state *s, newton_step *step, ptrdiff_t inside)
{
    const ptrdiff_t n = step->count;
    quadratic q;
    double *const matrix = step->concave, *const side = step->way, *const goal = step->side;
    for (ptrdiff_t p = 0; p < inside; p++) {
        const ptrdiff_t f = step->inside[p];
        const double *const row = step->hessian + f * n;
        side[p] = -step->slope[f];
        for (ptrdiff_t g = 0; g < n; g++)
            side[p] += row[g] * (s->x[step->unknowns[g]] - s->least);
        for (ptrdiff_t g = 0; inside < n && g < n; g++)
            side[p] -= step->goal[g] >= s->most ? row[g] * (s->most - s->least) : 0;
        for (ptrdiff_t r = 0; r < inside; r++)
            matrix[p * inside + r] = row[step->inside[r]];
        goal[p] = s->x[step->unknowns[f]] - s->least;
    }
    rlra_quadratic_init(&q, inside, matrix, inside, 2 * (double)REAL_EPS, step->work);
    rlra_quadratic_solve(&q, side, goal);
    for (ptrdiff_t p = 0; p < inside; p++)
        step->goal[step->inside[p]] = s->least + goal[p];
}

/* goal = the minimiser of the model within the bounds. Unknowns that exceed their upper bound are fixed there, and the others
 * solved again. */
static void find_goal(const row_state *s, newton_step *step)
{
    ptrdiff_t inside = step->count, before;
    for (ptrdiff_t f = 0; f < step->count; f++)
        step->inside[f] = f;
    do {
        before = inside;
        solve_inside(s, step, inside);
        inside = 0;
        for (ptrdiff_t f = 0; f < step->count; f++)
            if (step->goal[f] < s->most)
                step->inside[inside++] = f;
            else
                step->goal[f] = s->most;
    } while (inside < before && inside > 0);
}

int RLRA(newton_direction)(row_state *s, newton_step *step, double kkt)
{
    const factor a = s->block->part->design.columns;
    choose_unknowns(s, step);
    const double least = fmax(LEAST_DAMPING, 4 * (double)REAL_EPS * (double)(step->count + 8));
    form_hessian(s, step, fmin(fmax(0.01 * kkt, least), fmax(MOST_DAMPING, least)));
    find_goal(s, step);
    step->fall = step->ridge = step->rounding = 0;
    for (ptrdiff_t k = 0; k < s->rank; k++)
        s->weights[k] = 0;
    for (ptrdiff_t f = 0; f < step->count; f++) {
        const ptrdiff_t k = step->unknowns[f];
        const double way = step->goal[f] - s->x[k];
        step->way[f] = way;
        step->fall -= step->slope[f] * way;
        step->ridge += s->quadratic * way * way;
        step->rounding += 4 * (double)REAL_EPS * fabs(way) * (s->up[k] + s->down[k]);
        s->weights[k] = (real)way;
    }
    memset(s->row, 0, (size_t)s->length * sizeof(real));
    s->block->kernels->residual(s->length, s->rank, s->row, s->weights, a.at, a.stride, s->row);
    return step->fall > 0;
}
