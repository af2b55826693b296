/* start/scale_squares.c: the scale of a start under the squared loss. */
#include <math.h>

#include "engine/scale.h"
#include "start/scale.h"

/* Rounds over the factors if terms share some, and the change below which they end. */
#define SHARED_ROUNDS 2000
#define SHARED_CHANGE 1e-8

/* A term as a function of scales: its loss is  squares / 2 s^(2 free) - cross s^free  plus a constant, if all free factors are
 * multiplied by s. */
typedef struct scaled_term {
    double cross, squares; /* <X, model> and ||model||^2, times the weight */
    int free;              /* factors of the term whose scale is free      */
} scaled_term;

/* eta >= 0 with eta^N = ratio; exact where the ratio is a power of 2^N, so that data scaled by such a power give factors scaled
 * by exactly its root. */
static double exact_root(double ratio, int order)
{
    int exponent;
    const double mantissa = frexp(ratio, &exponent);
    int whole = exponent / order;
    if (exponent % order < 0)
        whole--;
    return ldexp(pow(ldexp(mantissa, exponent - whole * order), 1.0 / order), whole);
}

/* The mode of the factor that is updated first, along which a pass streams, if the term has it; else 0. */
static int streamed_mode(const fit *f, const fit_term *term)
{
    const int mode = RLRA(term_mode)(term, f->order[0]);
    return mode < 0 ? 0 : mode;
}

static scaled_term scan_term(fit *f, int t)
{
    fit_term *const term = &f->term[t];
    const int n = term->factors[streamed_mode(f, term)];
    const factor x = f->x[n], rhs = RLRA(fit_rhs)(f, f->rhs, n);
    scaled_term to = {0};
    for (int at = 0; at < term->x->order + term->form.ops->cores; at++)
        to.free += !RLRA(scale_is_fixed)(f, term->factors[at]);
    RLRA(term_contract)(f, term, n, rhs);
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++)
            to.cross += (double)rhs.at[k * rhs.stride + i] * (double)x.at[k * x.stride + i];
    if (f->partial.data != NULL)
        RLRA(partial_residual)(f, &to.squares);
    else
        to.squares = RLRA(form_norm2)(&term->form);
    to.cross *= term->weight;
    to.squares *= term->weight;
    return to;
}

/* The scales of all factors, as numbers; the factors themselves are scaled at the end. */
typedef struct scales {
    scaled_term term[RLRA_MAX_TERMS];
    double first[RLRA_MAX_FACTORS], second[RLRA_MAX_FACTORS]; /* penalties of free factors, by degree */
    int fixed[RLRA_MAX_FACTORS];
    double by[RLRA_MAX_FACTORS]; /* number to multiply each factor by */
} scales;

static void scan_terms(fit *f, scales *s)
{
    for (int t = 0; t < f->terms; t++)
        s->term[t] = scan_term(f, t);
    for (int n = 0; n < f->factors; n++) {
        s->fixed[n] = RLRA(scale_is_fixed)(f, n);
        s->by[n] = 1;
        if (!s->fixed[n])
            RLRA(scale_penalties)(f, n, &s->first[n], &s->second[n]);
    }
}

/* The objective less a constant, with all free factors times x. */
static double objective_at(const fit *f, const scales *s, double x)
{
    double sum = 0;
    for (int n = 0; n < f->factors; n++)
        sum += x * s->first[n] + x * x * s->second[n];
    for (int t = 0; t < f->terms; t++) {
        const double power = pow(x, s->term[t].free);
        sum += power * (0.5 * power * s->term[t].squares - s->term[t].cross);
    }
    return sum;
}

/* The minimiser of a function that may have two local minima (at 0 and inside): a coarse search, then golden sections. */
static double best_scale(const fit *f, const scales *s, double guess)
{
    const double golden = 0.61803398874989485;
    double best = 0, least = 0;
    for (int step = 0; step <= 120; step++) {
        const double x = guess * pow(2, (step - 100) / 10.0), value = objective_at(f, s, x);
        if (value < least) {
            least = value;
            best = x;
        }
    }
    if (best == 0)
        return 0;
    double low = best * 0.9, high = best * 1.1;
    for (int step = 0; step < 60; step++) {
        const double a = high - golden * (high - low), b = low + golden * (high - low);
        if (objective_at(f, s, a) < objective_at(f, s, b))
            high = b;
        else
            low = a;
    }
    return 0.5 * (low + high);
}

/* The best common scale of the free factors; 0 if the zero model is best, 1 if terms differ in their number of free factors. */
static double common_scale(const fit *f, const scales *s)
{
    const int free = s->term[0].free;
    double penalties = 0, cross = 0, squares = 0;
    int alike = free > 0;
    for (int n = 0; n < f->factors; n++)
        penalties += s->first[n] + s->second[n];
    for (int t = 0; t < f->terms; t++) {
        alike &= s->term[t].free == free;
        cross += s->term[t].cross;
        squares += s->term[t].squares;
    }
    if (!alike)
        return 1;
    const double guess = cross > 0 && squares > 0 ? exact_root(cross / squares, free) : 0;
    return guess > 0 && penalties > 0 ? best_scale(f, s, guess) : guess;
}

/* Record that factor n is multiplied by a number. */
static void multiply(const fit *f, scales *s, int n, double by)
{
    s->by[n] *= by;
    s->first[n] *= by;
    s->second[n] *= by * by;
    for (int t = 0; t < f->terms; t++)
        if (RLRA(term_place)(&f->term[t], n) >= 0) {
            s->term[t].cross *= by;
            s->term[t].squares *= by * by;
        }
}

/* The best scale of factor n alone; 1 if there is none. */
static double scale_alone(const fit *f, const scales *s, int n)
{
    double cross = 0, squares = 0;
    for (int t = 0; t < f->terms; t++)
        if (RLRA(term_place)(&f->term[t], n) >= 0) {
            cross += s->term[t].cross;
            squares += s->term[t].squares;
        }
    const double by = (cross - s->first[n]) / (squares + 2 * s->second[n]);
    return by > 0 && !isinf(by) ? by : 1;
}

/* Scale one factor after the other, if terms share some. */
static void scale_shared(const fit *f, scales *s)
{
    double change = 1;
    for (int round = 0; round < SHARED_ROUNDS && change > SHARED_CHANGE; round++) {
        change = 0;
        for (int n = 0; n < f->factors; n++) {
            const double by = s->fixed[n] ? 1 : scale_alone(f, s, n);
            multiply(f, s, n, by);
            change = fmax(change, fabs(by - 1));
        }
    }
}

void RLRA(start_scale_squares)(fit *f)
{
    scales s = {0};
    scan_terms(f, &s);
    const double common = common_scale(f, &s);
    if (!(common > 0) && f->norm2 > 0)
        return;
    for (int n = 0; n < f->factors; n++)
        if (!s.fixed[n])
            multiply(f, &s, n, common);
    if (f->terms > 1)
        scale_shared(f, &s);
    for (int n = 0; n < f->factors; n++)
        if (!s.fixed[n])
            RLRA(scale_factor)(f, n, s.by[n]);
}
