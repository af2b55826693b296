/* solve/replace.c: a new component for a point that stands: the leading rank-one part of the residual.
 *
 * The residual is not formed: products with it are contractions of the data less those of the model. A row that random signs
 * find to be the worst is where the power iteration begins. */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "core/random.h"
#include "solve/escape.h"

/* Rounds of the power iteration. */
#define ROUNDS 3

/* Under rules that cannot leave zero: least entry over the mean. */
#define LEAST_PART 0.01

/* Random numbers of attempts, apart from those of starts. */
#define STREAM_ESCAPE UINT32_C(0x45000000)

/* Room for sides by mode, with this number of columns: f->last, of which a point that stands makes no use. */
static void take_sides(const fit *f, ptrdiff_t columns, factor *sides)
{
    for (int m = 0; m < f->factors; m++) {
        sides[m] = f->last[f->term[0].factors[m]];
        sides[m].rank = columns;
    }
}

/* Where entries are missing, the model counts by the part of them that is observed. */
static double share(const fit *f)
{
    return f->partial.data != NULL
               ? (double)f->partial.data->summary.count * f->partial.data->base / f->term[0].x->places
               : 1;
}

static double dot(ptrdiff_t length, const real *a, const real *b)
{
    double sum = 0;
    for (ptrdiff_t i = 0; i < length; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

/* Subtract from column s of rhs, the product of the data with columns s of all sides but that of `mode`, that of the model. */
static void subtract_model(const fit *f, int mode, const factor *sides, ptrdiff_t s, factor rhs)
{
    const factor x = f->x[f->term[0].factors[mode]];
    real *const to = rhs.at + s * rhs.stride;
    for (ptrdiff_t l = 0; l < x.rank; l++) {
        double by = share(f);
        for (int m = 0; m < f->factors; m++) {
            const factor other = f->x[f->term[0].factors[m]];
            by *= m == mode ? 1 : dot(other.length, other.at + l * other.stride, sides[m].at + s * sides[m].stride);
        }
        for (ptrdiff_t i = 0; i < x.length; i++)
            to[i] -= (real)(by * (double)x.at[l * x.stride + i]);
    }
}

/* The row of `mode` whose residual is largest, by its products with random signs. */
static ptrdiff_t worst_row(fit *f, int mode, int64_t number)
{
    factor sides[RLRA_MAX_ORDER];
    const factor rhs = RLRA(fit_rhs)(f, f->rhs, f->term[0].factors[mode]);
    ptrdiff_t worst = 0;
    double most = -1;
    take_sides(f, rhs.rank, sides);
    for (int m = 0; m < f->factors; m++) {
        const uint32_t stream = STREAM_ESCAPE + (uint32_t)(number * RLRA_MAX_ORDER + m);
        for (ptrdiff_t k = 0; k < sides[m].rank; k++)
            for (ptrdiff_t i = 0; i < sides[m].length; i++)
                sides[m].at[k * sides[m].stride + i] =
                    rlra_random_uniform((uint64_t)f->options.seed, stream, (uint64_t)(k * sides[m].length + i)) < 0.5
                        ? -1
                        : 1;
    }
    f->term[0].x->ops->contract(&f->term[0].plan, mode, sides, rhs);
#pragma omp parallel for num_threads(f->threads) schedule(static)
    for (ptrdiff_t s = 0; s < rhs.rank; s++)
        subtract_model(f, mode, sides, s, rhs);
    for (ptrdiff_t i = 0; i < rhs.length; i++) {
        double sum = 0;
        for (ptrdiff_t s = 0; s < rhs.rank; s++)
            sum += (double)rhs.at[s * rhs.stride + i] * (double)rhs.at[s * rhs.stride + i];
        worst = sum > most ? i : worst;
        most = fmax(most, sum);
    }
    return worst;
}

/* The best side of `mode` for the others, which have length one; returns its length. */
static double improve_side(fit *f, int mode, const factor *sides)
{
    const int n = f->term[0].factors[mode], nonneg = RLRA(penalties_nonneg)(&f->penalties[n]);
    const factor side = sides[mode];
    f->term[0].x->ops->contract(&f->escape.plan, mode, sides, side);
    subtract_model(f, mode, sides, 0, side);
    for (ptrdiff_t i = 0; nonneg && i < side.length; i++)
        side.at[i] = side.at[i] > 0 ? side.at[i] : 0;
    return sqrt(dot(side.length, side.at, side.at));
}

static int longest_mode(const fit *f)
{
    const data *const x = f->term[0].x;
    int longest = 0;
    for (int m = 1; m < x->order; m++)
        longest = x->dims[m] > x->dims[longest] ? m : longest;
    return longest;
}

/* The rank-one part as seen from one row; returns its length, 0 if there is none. Other sides begin with ones. */
static double find_part(fit *f, int mode, ptrdiff_t row, const factor *sides)
{
    double length = 0;
    for (int m = 0; m < f->factors; m++)
        for (ptrdiff_t i = 0; i < sides[m].length; i++)
            sides[m].at[i] = m == mode ? i == row : (real)(1 / sqrt((double)sides[m].length));
    for (int step = 0; step < ROUNDS * f->factors; step++) {
        const int m = (mode + 1 + step) % f->factors;
        length = improve_side(f, m, sides);
        if (!(length > 0))
            return 0;
        factor_scale(sides[m], (real)(1 / length));
    }
    return length / share(f);
}

/* Write one side as column k of its factor. */
static void write_side(fit *f, int n, ptrdiff_t k, double scale, factor side)
{
    const factor x = f->x[n];
    double sum = 0;
    for (ptrdiff_t i = 0; i < x.length; i++)
        sum += (double)side.at[i];
    const double least = f->rule[n]->needs_nonneg ? fmax(f->floor, LEAST_PART * scale * sum / (double)x.length) : 0;
    for (ptrdiff_t i = 0; i < x.length; i++) {
        const double entry = scale * (double)side.at[i];
        x.at[k * x.stride + i] = (real)(f->rule[n]->needs_nonneg ? fmax(entry, least) : entry);
    }
    RLRA(penalties_project)(&f->penalties[n], x);
}

int RLRA(escape_replace)(fit *f, ptrdiff_t k, int64_t number)
{
    factor sides[RLRA_MAX_ORDER];
    const int mode = longest_mode(f);
    const ptrdiff_t row = worst_row(f, mode, number);
    take_sides(f, 1, sides);
    const double length = find_part(f, mode, row, sides);
    if (!(length > 0) || fit_data_status(f) != RLRA_OK)
        return 0;
    for (int m = 0; m < f->factors; m++)
        write_side(f, f->term[0].factors[m], k, pow(length, 1.0 / f->factors), sides[m]);
    return 1;
}
