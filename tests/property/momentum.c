/* property/momentum.c: extrapolation and its restarts against an independent program of docs/theory/extrapolation.md. */
#include "support/fitting.h"

enum { ROWS = 30, COLUMNS = 20, RANK = 3, SWEEPS = 80, WIDEST = ROWS };

typedef struct point {
    long double w[ROWS][RANK], h[COLUMNS][RANK];
} point;

/* What the sweeps of the reference have gone through. */
typedef struct trail {
    double objective[SWEEPS + 1];
    int rejected, capped; /* sweeps; capped are those whose momentum an earlier rejection has bounded */
} trail;

/* Gauss-Jordan elimination of a x = b, of positive definite a. */
static void solve(long double a[RANK][RANK + 1])
{
    for (int p = 0; p < RANK; p++)
        for (int i = 0; i < RANK; i++) {
            const long double by = i == p ? 0 : a[i][p] / a[p][p];
            for (int j = p; j <= RANK; j++)
                a[i][j] -= by * a[p][j];
        }
}

/* Row i of the factor that is best for its data y beside h. */
static void improve_row(const long double *y, int length, long double (*h)[RANK], long double *row)
{
    long double a[RANK][RANK + 1] = {{0}};
    for (int k = 0; k < RANK; k++)
        for (int j = 0; j < length; j++) {
            for (int l = 0; l < RANK; l++)
                a[k][l] += h[j][k] * h[j][l];
            a[k][RANK] += y[j] * h[j][k];
        }
    solve(a);
    for (int k = 0; k < RANK; k++)
        row[k] = a[k][RANK] / a[k][k];
}

/* Beyond the best rows, by beta of the way from those of the sweep before. */
static void improve(int rows, int length, long double (*x)[RANK], long double (*h)[RANK], long double (*last)[RANK],
                    const planted *p, int transposed, long double beta)
{
    for (int i = 0; i < rows; i++) {
        long double y[WIDEST], fresh[RANK];
        for (int j = 0; j < length; j++)
            y[j] = (long double)p->data.memory[transposed ? j * COLUMNS + i : i * COLUMNS + j];
        improve_row(y, length, h, fresh);
        for (int k = 0; k < RANK; k++) {
            x[i][k] = fresh[k] + beta * (fresh[k] - last[i][k]);
            last[i][k] = fresh[k];
        }
    }
}

static double objective_of(const planted *p, const point *at)
{
    long double sum = 0;
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < COLUMNS; j++) {
            long double left = (long double)p->data.memory[i * COLUMNS + j];
            for (int k = 0; k < RANK; k++)
                left -= at->w[i][k] * at->h[j][k];
            sum += left * left / 2;
        }
    return (double)sum;
}

static trail run_reference(const planted *p, const point *start)
{
    trail t = {.objective = {objective_of(p, start)}};
    point x = *start, last = *start, best = *start;
    long double momentum = 0.5L, cap = 1;
    int plain = 1;
    for (int sweep = 1; sweep <= SWEEPS; sweep++) {
        const long double beta = plain ? 0 : momentum;
        improve(ROWS, COLUMNS, x.w, x.h, last.w, p, 0, beta);
        improve(COLUMNS, ROWS, x.h, x.w, last.h, p, 1, beta);
        const double came = objective_of(p, &x);
        plain = !(came < t.objective[sweep - 1]);
        t.objective[sweep] = plain ? t.objective[sweep - 1] : came;
        t.rejected += plain;
        if (plain) {
            x = last = best;
            cap = momentum;
            momentum /= 1.5L;
            continue;
        }
        best = x;
        if (beta > 0) {
            t.capped += t.rejected > 0 && 1.05L * momentum > cap;
            momentum = fminl(cap, 1.05L * momentum);
            cap = fminl(1, 1.01L * cap);
        }
    }
    return t;
}

static void note_objective(void *user, const rlra_progress *progress)
{
    ((double *)user)[progress->sweep] = progress->objective;
}

static void check(uint64_t seed)
{
    numbers from = {seed, 0};
    point start;
    double came[SWEEPS + 1];
    planted p = plant(seed, 2, (const int64_t[]){ROWS, COLUMNS}, 1, 0, 3);
    fitting f = make_fitting(&p.data.array, RANK, "none");
    const factor w = factor_of(&f, 0), h = factor_of(&f, 1);
    for (int k = 0; k < RANK; k++) {
        for (int i = 0; i < ROWS; i++)
            start.w[i][k] = (long double)(*entry(w, i, k) = (real)uniform(&from));
        for (int j = 0; j < COLUMNS; j++)
            start.h[j][k] = (long double)(*entry(h, j, k) = (real)uniform(&from));
    }
    f.options.init = "model";
    f.options.update = "ls";
    f.options.pass = "modes";
    f.options.max_sweeps = SWEEPS;
    f.options.tolerance = f.options.decrease = 0;
    rlra_context_set_progress(f.context, note_objective, came);
    run_fit(&f);
    const trail wanted = run_reference(&p, &start);
    assert_int_equal(f.report.sweeps, SWEEPS);
    CHECK(wanted.rejected >= 3 && wanted.capped > 0, "seed %d shows too little: %d sweeps rejected, %d at the cap",
          (int)seed, wanted.rejected, wanted.capped);
    for (int sweep = 1; sweep <= SWEEPS; sweep++)
        CHECK(fabs(came[sweep] / wanted.objective[sweep] - 1) < 1e-9, "seed %d, sweep %d: %.12g, not %.12g", (int)seed,
              sweep, came[sweep], wanted.objective[sweep]);
    free_fitting(&f);
    free_planted(&p);
}

static void test_momentum_grows_is_cut_and_starts_anew_as_documented(void **state)
{
    (void)state;
    static const uint64_t seeds[] = {9, 27, 40, 50, 56};
    for (int s = 0; s < COUNT_OF(seeds); s++)
        check(seeds[s]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_momentum_grows_is_cut_and_starts_anew_as_documented),
    };
    return cmocka_run_group_tests_name("momentum", tests, NULL, NULL);
}
