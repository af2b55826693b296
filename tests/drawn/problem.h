/* drawn/problem.h: fits drawn at random from the registries, and what they are recomputed from. Uses the public headers alone. */
#ifndef TESTS_DRAWN_PROBLEM_H
#define TESTS_DRAWN_PROBLEM_H

#include <stddef.h>
#include <stdint.h>

#include "rlra/rlra.h"

#define DRAWN_TERMS  2
#define DRAWN_PRIORS 6
#define DRAWN_TEXT   160

/* Numbers of a sequence (SplitMix64, Steele, Lea & Flood 2014). */
typedef struct dice {
    uint64_t state;
} dice;

double dice_uniform(dice *from);
int64_t dice_below(dice *from, int64_t limit);
int dice_hits(dice *from, double chance);

/* Entries row by row, as long double; `weights` are 0 where an entry is missing, NULL: 1 each. */
typedef struct drawn_array {
    int order, of[RLRA_MAX_ORDER]; /* the factor that mode m is tied to */
    int64_t dims[RLRA_MAX_ORDER], count;
    long double *values, *weights, weight;
    void *memory, *memory_of_weights; /* as the library is given them */
} drawn_array;

typedef struct drawn_prior {
    const char *name;
    double weight;
} drawn_prior;

/* All priors of a factor; `text` is how they are written. */
typedef struct drawn_priors {
    int count;
    drawn_prior item[DRAWN_PRIORS];
    char text[DRAWN_TEXT];
} drawn_priors;

/* A fit: data, priors and options. */
typedef struct drawn_fit {
    rlra_dtype dtype;
    int terms, factors;
    drawn_array term[DRAWN_TERMS];
    drawn_priors priors[RLRA_MAX_ORDER];
    int64_t lengths[RLRA_MAX_ORDER], rank;
    rlra_options options;
    const char *storage; /* a member of the family "data" */
    dice start;
    rlra_context *context;
    rlra_problem *problem;
    rlra_model *model;
    char name[700];
} drawn_fit;

/* A regression: W and Y row by row, X with a column for each of Y. */
typedef struct drawn_regression {
    rlra_dtype dtype;
    int64_t rows, rank, columns;
    long double *w, *y;
    drawn_priors priors;
    rlra_options options;
    rlra_context *context;
    void *memory_of_w, *memory_of_y, *memory_of_x;
    double *loss, *kkt;
    rlra_nnls_report report;
    char name[500];
} drawn_regression;

/* How large data are to be. Below so many products of a sweep with a factor the library uses fewer threads. */
typedef struct drawn_size {
    double products; /* entries times rank, about; 0: small */
} drawn_size;

/* Draw one and pose it; the caller fits. The status is that of the library where it refuses what was drawn. */
rlra_status draw_fit(uint64_t seed, drawn_size size, drawn_fit *fit);

/* The model that it was drawn with, start included. */
rlra_status renew_model(drawn_fit *fit);
void free_drawn_fit(drawn_fit *fit);

/* Draw one and solve it with so many threads. */
rlra_status draw_regression(uint64_t seed, drawn_size size, int64_t threads, drawn_regression *r);
void free_drawn_regression(drawn_regression *r);

/* A number in the precision of the data. */
long double in_dtype(rlra_dtype dtype, double value);

/* The beta of a loss by name: ours, of the definitions in docs/theory/losses.md. A loss that is not known ends the test. */
double beta_of_loss(const char *loss, double beta);

#endif
