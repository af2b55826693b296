/* start/rank_one.c: the closed form for a loss, and its certificate. */
#include "start/rank_one.h"

#include <math.h>
#include <string.h>

#include "block/kkt.h"
#include "core/check.h"
#include "data/kinds.h"
#include "model/problem.h"

/* One problem and its solution. */
typedef struct pair {
    rlra_context *context;
    data *x;
    factor w, h;
    int threads;
    data_plan plan;
    arena work; /* workspace of the plan */
    real *room;
    double *rows, *columns, *parts;
} pair;

static double dot(factor a, const real *b)
{
    double sum = 0;
    for (ptrdiff_t i = 0; i < a.length; i++)
        sum += (double)a.at[i] * (double)b[i];
    return sum;
}

/* ||h|| ||w - X h / ||h||^2|| / ||X||, as in rlra_fit(): h is the best one for this w. */
static double kkt_leading(pair *p)
{
    const factor sides[2] = {p->w, p->h}, best = {p->room, p->w.length, 1, p->w.length};
    const double square = dot(p->h, p->h.at);
    if (!(square > 0))
        return 0;
    p->x->ops->contract(&p->plan, 0, sides, best);
    return sqrt(RLRA(kkt_one_component)(p->w, best, square) / p->x->norm2);
}

static rlra_status fit_leading(pair *p, rlra_report *report)
{
    double rest;
    const rlra_status status = RLRA(rank_one_leading)(p->context, p->x, p->threads, p->w, p->h, &report->sweeps, &rest);
    if (status == RLRA_OK)
        report->stop = rest <= 1e2 * (double)REAL_EPS ? RLRA_STOP_KKT : RLRA_STOP_SWEEPS;
    return status;
}

static double sum_of(factor side)
{
    double sum = 0;
    for (ptrdiff_t i = 0; i < side.length; i++)
        sum += (double)side.at[i];
    return sum;
}

/* The largest KKT residual of a row of one side: the two parts of its slope are marginal / entry and the sum of the other side. */
static double kkt_marginals(factor side, double sum, const double *marginal)
{
    const penalty_list none = {0};
    double largest = 0;
    for (ptrdiff_t i = 0; i < side.length; i++) {
        const double x = (double)side.at[i], up = marginal[i] > 0 ? marginal[i] / x : 0;
        largest = fmax(largest, RLRA(kkt_of_row)(&none, 1, &x, &up, &sum));
    }
    return largest;
}

/* w = rows / sqrt(S), h = columns / sqrt(S). */
static void fit_marginals(pair *p, rlra_report *report)
{
    double sum = 0;
    RLRA(marginals)(p->x->array, p->threads, p->rows, p->columns);
    for (ptrdiff_t i = 0; i < p->w.length; i++)
        sum += p->rows[i];
    const double by = sum > 0 ? 1 / sqrt(sum) : 0;
    for (ptrdiff_t i = 0; i < p->w.length; i++)
        p->w.at[i] = (real)(by * p->rows[i]);
    for (ptrdiff_t j = 0; j < p->h.length; j++)
        p->h.at[j] = (real)(by * p->columns[j]);
    report->kkt_residual =
        fmax(kkt_marginals(p->w, sum_of(p->h), p->rows), kkt_marginals(p->h, sum_of(p->w), p->columns));
    report->stop = RLRA_STOP_KKT;
    report->sweeps = 1;
}

static rlra_status take_room(pair *p)
{
    const size_t m = (size_t)p->w.length, n = (size_t)p->h.length;
    const size_t reals = m > 2 * n * (size_t)p->threads ? m : 2 * n * (size_t)p->threads;
    data *const x = p->x;
    x->ops->plan(x, 1, p->threads, &p->work);
    const rlra_status status = rlra_arena_allocate(p->context, &p->work, "the best component");
    if (status != RLRA_OK)
        return status;
    p->plan = x->ops->plan(x, 1, p->threads, &p->work);
    p->room = rlra_alloc(p->context, reals, sizeof *p->room);
    p->rows = rlra_alloc(p->context, 2 * m + n, sizeof *p->rows);
    if (p->room == NULL || p->rows == NULL)
        return rlra_fail_memory(p->context, reals + 2 * m + n, sizeof(double), "the best component");
    p->columns = p->rows + m;
    p->parts = p->columns + n;
    return RLRA_OK;
}

static rlra_status fit(const rlra_problem *problem, const char *loss, int threads, const rlra_array *w,
                       const rlra_array *h, rlra_report *report)
{
    const double begun = rlra_seconds();
    const data_source from = {.term = &problem->term[0], .threads = threads};
    const posed_loss posed = RLRA(loss_find)(loss, 1);
    rlra_status status = RLRA_OK;
    pair p = {.context = problem->context, .threads = threads};
    p.w = (factor){w->data, w->dims[0], 1, w->dims[0]};
    p.h = (factor){h->data, h->dims[0], 1, h->dims[0]};
    *report = (rlra_report){.threads = threads, .update = "rank_one", .init = "rank_one", .pass = "modes"};
    TRY(RLRA(data_create)(p.context, &from, &p.x));
    TRY(take_room(&p));
    const data *const x = p.x;
    if (posed.kind == LOSS_FROBENIUS)
        TRY(fit_leading(&p, report));
    else
        fit_marginals(&p, report);
    const factor sides[2] = {p.w, p.h};
    const double residual = x->ops->residual(&p.plan, sides);
    report->relative_error = x->norm2 > 0 ? sqrt(residual / x->norm2) : 0;
    report->loss = 0.5 * residual;
    if (posed.kind == LOSS_FROBENIUS)
        report->kkt_residual = kkt_leading(&p);
    else
        report->loss = RLRA(rank_one_divergence)(x->array, &posed, threads, p.w, p.h, p.room, p.parts);
    report->objective = report->start_objective = report->loss;
    report->workspace_bytes = (int64_t)p.work.size;
    report->seconds = rlra_seconds() - begun;
cleanup:
    rlra_free(p.context, p.rows);
    rlra_free(p.context, p.room);
    rlra_arena_free(p.context, &p.work);
    RLRA(data_destroy)(p.context, p.x);
    return status;
}

const rank_one_core RLRA(rank_one) = {fit};
