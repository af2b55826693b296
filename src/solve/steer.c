/* solve/steer.c: numbers of a fit for the policy, and rules by its decisions. */
#include "solve/steer.h"

#include <math.h>
#include <string.h>

#include "engine/tied.h"
#include "linalg/condition.h"

/* What a sweep under kl costs beside the products with the factors, for each entry that is read, and these products, for each entry
 * that is not zero and each component: one step of mu, and one of ccd (nanoseconds on a Zen 5 core; only their ratio counts). */
#define READ_WORK 1.5
#define MU_WORK   0.35
#define CCD_WORK  2.5

/* Exact rows with a Gram matrix each, over as many rounds of hals as the rule takes. */
#define EXACT_WORK 3

/* The part of the objective by which factors count as equally good. */
#define SLACK_PART 1e-3

static double work_of_ccd(const fit *f)
{
    const data *const x = f->term[0].x;
    const double nonzeros = x->is_sparse ? x->entries : x->places - x->zeros, read = READ_WORK * x->entries;
    const double multiplied = nonzeros * (double)f->term[0].form.inner;
    return (read + CCD_WORK * multiplied) / (read + MU_WORK * multiplied);
}

policy_facts RLRA(policy_facts_of)(const fit *f)
{
    if (f->way_count < 2)
        return (policy_facts){.kind = POLICY_NONE, .work = 1};
    if (!f->engine->is_quadratic)
        return (policy_facts){.kind = POLICY_TURNS, .work = work_of_ccd(f)};
    if (f->partial.data != NULL)
        return (policy_facts){.kind = POLICY_TURNS_BY_CONDITION, .work = EXACT_WORK};
    return (policy_facts){.kind = POLICY_CONDITION, .work = 1};
}

/* With z = D^(1/2) x and the scaled Gram matrix C, an objective that is higher by R allows z^T C z / 2 <= R. */
static double slack_of(const fit *f, int n, double objective, double condition)
{
    double size2 = 0;
    for (ptrdiff_t k = 0; k < f->x[n].rank; k++)
        size2 += f->others[k * (f->x[n].rank + 1)] * f->gram[n][k * (f->x[n].rank + 1)];
    return sqrt(2 * SLACK_PART * objective * condition / size2);
}

/* Over the factors whose blocks have a Gram matrix, scaled to ones on its diagonal; NAN where none has. */
typedef struct conditions {
    double least, most; /* of the conditions */
    double slack;       /* the largest       */
} conditions;

static conditions conditions_of(fit *f, double objective)
{
    conditions of = {NAN, NAN, NAN};
    for (int n = 0; f->engine->is_quadratic && n < f->factors; n++) {
        if (RLRA(is_tied)(f, n))
            continue;
        RLRA(fit_others)(f, n);
        const double condition = rlra_condition(f->x[n].rank, f->others, f->condition);
        const double slack = slack_of(f, n, objective, condition);
        of.least = condition >= of.least ? of.least : condition;
        of.most = condition <= of.most ? of.most : condition;
        of.slack = slack <= of.slack ? of.slack : slack;
    }
    return of;
}

void RLRA(fit_report_conditions)(fit *f, rlra_report *report)
{
    const conditions of = conditions_of(f, report->objective);
    report->condition = of.most;
    report->slack = of.slack;
}

void RLRA(run_report)(run *r, rlra_report *report)
{
    fit *const f = r->f;
    const double remaining = RLRA(run_remaining)(r);
    report->remaining = report->objective > 0 ? remaining / report->objective : NAN;
    report->rule_changes = r->policy.changes;
    for (int c = 0; c < RLRA_REPORTED_CHANGES && c < r->policy.changes; c++) {
        const policy_change *const from = &r->policy.change[c];
        report->change[c] = (rlra_rule_change){f->ways[from->way][f->order[0]]->about.name, from->sweep, from->number};
    }
    RLRA(fit_report_conditions)(f, report);
}

void RLRA(run_steer)(run *r)
{
    fit *const f = r->f;
    double least = NAN;
    if (rlra_policy_asks_condition(&r->facts, r->sweeps))
        least = conditions_of(f, r->objective).least;
    const int way = rlra_policy_next(&r->facts, &r->policy, r->sweeps, r->objective, least);
    if (way != f->way)
        RLRA(fit_take_way)(f, way);
}

/* The KKT residual is the length of the steps that solve blocks component by component, measured in the data: half its square is
 * what they gain, and that times the condition what exact blocks gain at most. Under other losses it is a part of the model. */
double RLRA(run_remaining)(run *r)
{
    fit *const f = r->f;
    const double rate = rlra_policy_remaining(&r->policy);
    double steps = 0;
    if (!f->engine->is_quadratic)
        return isnan(rate) ? r->kkt * f->whole : rate;
    for (int n = 0; n < f->factors; n++)
        steps += 0.5 * f->kkt[n] * f->kkt[n] * f->norm2;
    if (!isnan(rate))
        return fmax(rate, steps);
    const double most = conditions_of(f, r->objective).most;
    return most > 1 ? steps * most : steps;
}
