/* solve/policy.c: one table of thresholds, and what is decided by it. */
#include "solve/policy.h"

#include <float.h>
#include <math.h>

/* Measured on thirteen data sets under squares and seven under kl, from several starts (docs/develop/policy.md). */
static const struct thresholds {
    int64_t every;       /* sweeps between two checks of the condition */
    double above;        /* condition from which exact rules pay */
    double below;        /* and below which they do not */
    int64_t changes;     /* by condition, at most: more is a condition that goes to and fro */
    double chunk;        /* work of a turn, in sweeps of the second set of rules */
    int64_t good;        /* turns of the good rules before the other ones are tried again */
    int64_t least, most; /* sweeps in a window for the rate of convergence */
} at = {.every = 5, .above = 100, .below = 20, .changes = 4, .chunk = 2, .good = 4, .least = 2, .most = 40};

/* A part of the objective that rounding alone can make. */
#define ROUNDING (16 * DBL_EPSILON)

const char *rlra_policy_text(policy_kind kind)
{
    static const char *const texts[] = {
        [POLICY_NONE] = "",
        [POLICY_CONDITION] = "once blocks are ill-conditioned",
        [POLICY_TURNS] = "by turns, the better for its work",
        [POLICY_TURNS_BY_CONDITION] = "by turns, once blocks are ill-conditioned",
    };
    return texts[kind];
}

policy_state rlra_policy_begin(double objective)
{
    return (policy_state){.begin = objective, .noted = 1, .history = {objective}};
}

int rlra_policy_asks_condition(const policy_facts *facts, int64_t sweeps)
{
    return (facts->kind == POLICY_CONDITION || facts->kind == POLICY_TURNS_BY_CONDITION) && sweeps % at.every == 0;
}

static void note(policy_state *s, double objective)
{
    s->history[s->noted++ % POLICY_HISTORY] = objective;
}

static void change(policy_state *s, int64_t way, int64_t sweeps, double number)
{
    s->way = way;
    if (s->changes < RLRA_REPORTED_CHANGES)
        s->change[s->changes] = (policy_change){sweeps, way, number};
    s->changes++;
}

/* Rates of one rule say nothing of another. */
static void forget(policy_state *s, double objective)
{
    s->noted = 0;
    note(s, objective);
}

static void decide_by_condition(policy_state *s, int64_t sweeps, double objective)
{
    const int64_t way = s->condition > at.above ? 1 : s->condition < at.below ? 0 : s->way;
    if (way == s->way || s->changes >= at.changes)
        return;
    change(s, way, sweeps, s->condition);
    forget(s, objective);
}

/* At the end of a chunk. A trial is compared with the chunks before and behind it: gains fall as a fit goes on. */
static void take_turn(policy_state *s, int64_t sweeps, double gain)
{
    const int64_t needed = s->changes == 0 ? 1 : at.good;
    s->chunks++;
    if (s->phase == 0 && s->chunks >= needed) {
        s->before = gain;
        s->phase = 1;
        change(s, 1 - s->good, sweeps, 0);
    } else if (s->phase == 1) {
        s->trial = gain;
        s->phase = 2;
        change(s, s->good, sweeps, s->before > 0 ? gain / s->before : INFINITY);
    } else if (s->phase == 2) {
        const double own = sqrt(fmax(s->before, 0) * fmax(gain, 0));
        s->phase = s->chunks = 0;
        if (s->trial > own) {
            s->good = 1 - s->good;
            change(s, s->good, sweeps, own > 0 ? s->trial / own : INFINITY);
        }
    }
}

/* Work and gain of a sweep; gains are of the logarithm, so that they compare over a fit. */
static void count(const policy_facts *facts, policy_state *s, int64_t sweeps, double objective)
{
    s->spent += s->way == 1 ? facts->work : 1;
    if (s->spent < at.chunk * facts->work - 0.5)
        return;
    take_turn(s, sweeps, objective > 0 && s->begin > 0 ? log(s->begin / objective) / s->spent : 0);
    s->spent = 0;
    s->begin = objective;
    note(s, objective);
}

int rlra_policy_next(const policy_facts *facts, policy_state *state, int64_t sweeps, double objective, double condition)
{
    if (rlra_policy_asks_condition(facts, sweeps) && !isnan(condition))
        state->condition = condition;
    if (facts->kind == POLICY_TURNS || state->turns) {
        count(facts, state, sweeps, objective);
        return (int)state->way;
    }
    note(state, objective);
    if (facts->kind == POLICY_CONDITION)
        decide_by_condition(state, sweeps, objective);
    if (facts->kind == POLICY_TURNS_BY_CONDITION && state->condition > at.above) {
        state->turns = 1;
        state->begin = objective;
        forget(state, objective);
    }
    return (int)state->way;
}

/* New components have many small entries, which multiplicative rules move slowly: on digits no attempt by mu succeeded. */
int64_t rlra_policy_escape(const policy_facts *facts, const policy_state *s)
{
    return facts->kind == POLICY_TURNS ? 1 : s->way;
}

void rlra_policy_settle(policy_state *state, double objective)
{
    state->good = state->way;
    state->phase = state->chunks = 0;
    state->spent = 0;
    state->begin = objective;
    forget(state, objective);
}

double rlra_policy_remaining(const policy_state *s)
{
    const int64_t last = s->noted - 1;
    int64_t window = last / 3 < at.most ? last / 3 : at.most;
    if (window < at.least)
        return NAN;
    const double now = s->history[last % POLICY_HISTORY], middle = s->history[(last - window) % POLICY_HISTORY],
                 before = s->history[(last - 2 * window) % POLICY_HISTORY];
    const double decrease = middle - now, earlier = before - middle;
    if (decrease <= ROUNDING * fabs(now))
        return 0;
    return decrease < earlier ? decrease * (decrease / (earlier - decrease)) : INFINITY;
}

static int is_between(int64_t number, int64_t least, int64_t most)
{
    return number >= least && number <= most;
}

int rlra_policy_is_sound(const policy_state *s, int64_t ways, int64_t sweeps)
{
    int sound = is_between(s->way, 0, ways - 1) && is_between(s->good, 0, ways - 1) && is_between(s->phase, 0, 2) &&
                is_between(s->turns, 0, 1) && is_between(s->chunks, 0, sweeps) && is_between(s->noted, 1, sweeps + 1) &&
                is_between(s->changes, 0, sweeps);
    for (int c = 0; sound && c < RLRA_REPORTED_CHANGES && c < s->changes; c++)
        sound = is_between(s->change[c].way, 0, ways - 1);
    return sound;
}
