/* api/options.c: the option table of a fit, and its uses: defaults, parsing, checking, printing. */
#include "rlra/options.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/context.h"
#include "core/number.h"
#include "loss/list.h"
#include "start/list.h"
#include "update/list.h"

/* Names that a field of kind NAME may take. */
/* clang-format off */
#define UPDATE_NAMES(ENTRY)                                                                                            \
    ENTRY(auto) ENTRY(auto:hals) ENTRY(auto:fista) ENTRY(auto:mu) RLRA_UPDATE_LIST(ENTRY)
/* clang-format on */
#define INIT_NAMES(ENTRY)   ENTRY(auto) RLRA_START_LIST(ENTRY)
#define SWITCH_NAMES(ENTRY) ENTRY(on) ENTRY(off)
#define PASS_NAMES(ENTRY)   ENTRY(auto) ENTRY(one) ENTRY(modes)
#define ORDER_NAMES(ENTRY)  ENTRY(cyclic) ENTRY(shuffled)

/* The rules that work in rounds. */
#define RULES_OF_ROUNDS "update=hals,fista,mu,admm,pgd,msom,newton,ccd,scalar_newton,primal_dual,nolips"

/* Whole numbers up to this are exact in double, the type of bounds. */
#define MOST_EXACT 9007199254740992.0

/* clang-format off */
/*        field         kind    default      least most        names        needs, then help */
#define OPTION_LIST(ENTRY)                                                                                             \
    ENTRY(rank,         INT,    "0",         0,    1e9,        none,        "",                                        \
          "number of components")                                                                                      \
    ENTRY(update,       NAME,   "auto",      0,    0,          update,      "",                                        \
          "rule that improves a factor; auto: hals, or fista where a prior couples a row's entries, mu "               \
          "or ccd for other losses than frobenius, another one where it does better; auto:RULE begins with RULE")      \
    ENTRY(init,         NAME,   "auto",      0,    0,          init,        "",                                        \
          "the start; auto: chosen by the solver")                                                                     \
    ENTRY(max_sweeps,   INT,    "1000",      0,    1e9,        none,        "",                                        \
          "most sweeps over all factors")                                                                              \
    ENTRY(inner_sweeps, INT,    "0",         0,    1e6,        none,        RULES_OF_ROUNDS,                           \
          "most rounds of the rule on one block; 0: chosen by the solver")                                             \
    ENTRY(tolerance,    DOUBLE, "1e-4",      0,    1,          none,        "",                                        \
          "stop when the relative KKT residual falls below")                                                           \
    ENTRY(decrease,     DOUBLE, "1e-7",      0,    1,          none,        "",                                        \
          "stop when a sweep lowers the objective by less than this part; 0: never")                                   \
    ENTRY(remaining,    DOUBLE, "1e-3",      0,    INFINITY,   none,        "",                                        \
          "stop for the KKT residual only if no more than this part of the objective is still to be gained, by "      \
          "estimate; inf: not asked")                                                                                \
    ENTRY(escapes,      INT,    "0",         -1,   1e9,        none,        "",                                        \
          "attempts to leave the local minimum where a fit stands, by a new component; -1: as many as fit in the "  \
          "work so far, at most the rank")                                                                           \
    ENTRY(time_limit,   DOUBLE, "inf",       0,    INFINITY,   none,        "",                                        \
          "stop after this many seconds")                                                                              \
    ENTRY(seed,         INT,    "0",         0,    MOST_EXACT, none,        "",                                        \
          "seed of the random numbers")                                                                                \
    ENTRY(threads,      INT,    "0",         0,    4096,       none,        "",                                        \
          "threads; 0: all processors")                                                                                \
    ENTRY(extrapolate,  NAME,   "on",        0,    0,          extrapolate, "",                                        \
          "extrapolate between sweeps, restart when the objective would rise")                                         \
    ENTRY(pass,         NAME,   "auto",      0,    0,          pass,        "loss=frobenius",                          \
          "passes over the data in a sweep: one, or one per mode; auto: one where possible")                           \
    ENTRY(loss,         NAME,   "frobenius", 0,    0,          loss,        "",                                        \
          "how far the model is from the data")                                                                        \
    ENTRY(beta,         DOUBLE, "1.5",       -100, 100,        none,        "loss=beta",                               \
          "parameter of the loss beta; 2: frobenius, 1: kl, 0: is")                                                    \
    ENTRY(order,        NAME,   "cyclic",    0,    0,          order,       "update=hals",                             \
          "in which hals takes the components")                                                                        \
    ENTRY(gamma,        DOUBLE, "1.9",       1e-6, 1.999999,   none,        "update=msom",                             \
          "step of msom")                                                                                              \
    ENTRY(rho,          DOUBLE, "0",         0,    1e300,      none,        "update=admm",                             \
          "penalty parameter of admm; 0: mean of the Gram's diagonal, adapted")                                        \
    ENTRY(sparsity,     INT,    "0",         0,    1e9,        none,        "",                                        \
          "most entries of a column that differ from zero; 0: any number")                                             \
    ENTRY(node_limit,   INT,    "0",         0,    1e15,       none,        "update=k_sparse",                         \
          "most nodes of the search for the best support of a column; 0: no limit")                                    \
    ENTRY(holdout,      DOUBLE, "0",         0,    0.99,       none,        "",                                        \
          "leave out this share of the entries, by chance, and score the model on them")                               \
    ENTRY(holdout_seed, INT,    "0",         0,    MOST_EXACT, none,        "holdout",                                 \
          "which entries are held out")                                                                                \
    ENTRY(reach,        DOUBLE, "2",         1,    INFINITY,   none,        "",                                        \
          "where entries are missing or held out: no component becomes larger anywhere than so many times the "    \
          "largest observed entry; inf: no bound")
/* clang-format on */

/* A list of names in two forms: one string for the table, which starts after the first blank, and an array that ends with NULL. */
#define JOIN(name) " " #name
#define ITEM(name) #name,
#define NAMES(list, field)                                                                                             \
    static const char joined_##field[] = list(JOIN);                                                                   \
    static const char *const names_##field[] = {list(ITEM) NULL};

NAMES(UPDATE_NAMES, update)
NAMES(INIT_NAMES, init)
NAMES(SWITCH_NAMES, extrapolate)
NAMES(PASS_NAMES, pass)
NAMES(RLRA_LOSS_LIST, loss)
NAMES(ORDER_NAMES, order)
static const char joined_none[] = " ";
static const char *const names_none[] = {NULL};

static const rlra_option rows[] = {
#define ROW(field, kind, standard, least, most, names, needs, help)                                                    \
    {#field, RLRA_OPTION_##kind, offsetof(rlra_options, field), standard, least, most, &joined_##names[1], needs, help},
    OPTION_LIST(ROW)
#undef ROW
};

static const char *const *const row_names[] = {
#define ROW(field, kind, standard, least, most, names, needs, help) names_##names,
    OPTION_LIST(ROW)
#undef ROW
};

#define ROW_COUNT ((int)(sizeof rows / sizeof rows[0]))

static int same_name(const char *a, const char *b)
{
    for (; *a != '\0' && *b != '\0'; ++a, ++b) {
        const char left = *a == '-' ? '_' : *a;
        const char right = *b == '-' ? '_' : *b;
        if (left != right)
            return 0;
    }
    return *a == *b;
}

static int row_find(const char *name)
{
    for (int i = 0; name != NULL && i < ROW_COUNT; ++i) {
        if (same_name(rows[i].name, name))
            return i;
    }
    return -1;
}

/* The copy in the table of a name that the row allows, or NULL. */
static const char *row_name(int row, const char *text)
{
    for (const char *const *name = row_names[row]; text != NULL && *name != NULL; ++name) {
        if (strcmp(*name, text) == 0)
            return *name;
    }
    return NULL;
}

static rlra_status fail_bounds(rlra_context *context, const rlra_option *row, const char *came)
{
    if (isinf(row->most))
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "`%s` must be at least %.17g, got %s", row->name, row->least,
                         came);
    return rlra_fail(context, RLRA_ERR_ARGUMENT, "`%s` must lie in [%.17g, %.17g], got %s", row->name, row->least,
                     row->most, came);
}

static rlra_status fail_names(rlra_context *context, const rlra_option *row, const char *came)
{
    return rlra_fail(context, RLRA_ERR_ARGUMENT, "`%s` must be one of: %s; got '%s'", row->name, row->choices,
                     came == NULL ? "(null)" : came);
}

static void *field_of(rlra_options *options, const rlra_option *row)
{
    return (char *)options + row->offset;
}

static const void *field_read(const rlra_options *options, const rlra_option *row)
{
    return (const char *)options + row->offset;
}

static rlra_status set_int(rlra_context *context, rlra_options *options, const rlra_option *row, const char *text)
{
    char *end = NULL;
    errno = 0;
    const long long value = strtoll(text, &end, 10);
    if (end == text || *end != '\0')
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "`%s` must be a whole number, got '%s'", row->name, text);
    if (errno == ERANGE || (double)value < row->least || (double)value > row->most)
        return fail_bounds(context, row, text);
    *(int64_t *)field_of(options, row) = value;
    return RLRA_OK;
}

static rlra_status set_double(rlra_context *context, rlra_options *options, const rlra_option *row, const char *text)
{
    double value;
    if (!rlra_number_parse(text, &value))
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "`%s` must be a number, got '%s'", row->name, text);
    if (!(value >= row->least && value <= row->most))
        return fail_bounds(context, row, text);
    *(double *)field_of(options, row) = value;
    return RLRA_OK;
}

rlra_status rlra_options_set(rlra_context *context, rlra_options *options, const char *name, const char *text)
{
    const int index = row_find(name);
    if (index < 0)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "there is no option '%s'", name == NULL ? "(null)" : name);
    if (options == NULL || text == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "option '%s' needs options to set and a value, got NULL", name);
    const rlra_option *const row = &rows[index];
    if (row->kind == RLRA_OPTION_INT)
        return set_int(context, options, row, text);
    if (row->kind == RLRA_OPTION_DOUBLE)
        return set_double(context, options, row, text);
    const char *const choice = row_name(index, text);
    if (choice == NULL)
        return fail_names(context, row, text);
    *(const char **)field_of(options, row) = choice;
    return RLRA_OK;
}

rlra_options rlra_options_default(void)
{
    rlra_options options;
    memset(&options, 0, sizeof options);
    for (int i = 0; i < ROW_COUNT; ++i)
        rlra_options_set(NULL, &options, rows[i].name, rows[i].standard);
    return options;
}

int rlra_option_count(void)
{
    return ROW_COUNT;
}

const rlra_option *rlra_option_at(int index)
{
    return index < 0 || index >= ROW_COUNT ? NULL : &rows[index];
}

const rlra_option *rlra_option_find(const char *name)
{
    return rlra_option_at(row_find(name));
}

static int print_double(double value, char *text, size_t size)
{
    char room[NUMBER_BYTES];
    rlra_number_format(value, 0, room);
    return snprintf(text, size, "%s", room);
}

rlra_status rlra_options_get(rlra_context *context, const rlra_options *options, const char *name, char *text,
                             size_t size)
{
    const rlra_option *const row = rlra_option_find(name);
    if (row == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "there is no option '%s'", name == NULL ? "(null)" : name);
    if (options == NULL || text == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "option '%s' needs options and room for the text, got NULL", name);
    const void *const field = field_read(options, row);
    int length;
    if (row->kind == RLRA_OPTION_INT)
        length = snprintf(text, size, "%" PRId64, *(const int64_t *)field);
    else if (row->kind == RLRA_OPTION_DOUBLE)
        length = print_double(*(const double *)field, text, size);
    else
        length = snprintf(text, size, "%s", *(const char *const *)field == NULL ? "" : *(const char *const *)field);
    if (length < 0 || (size_t)length >= size)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "option '%s' needs %d bytes as text, there are %zu", name,
                         length + 1, size);
    return RLRA_OK;
}

static rlra_status check_row(rlra_context *context, const rlra_options *options, int index)
{
    const rlra_option *const row = &rows[index];
    const void *const field = field_read(options, row);
    if (row->kind == RLRA_OPTION_NAME) {
        const char *const name = *(const char *const *)field;
        return row_name(index, name) != NULL ? RLRA_OK : fail_names(context, row, name);
    }
    const double value = row->kind == RLRA_OPTION_INT ? (double)*(const int64_t *)field : *(const double *)field;
    if (value >= row->least && value <= row->most)
        return RLRA_OK;
    char came[40];
    print_double(value, came, sizeof came);
    return fail_bounds(context, row, came);
}

rlra_status rlra_options_check(rlra_context *context, const rlra_options *options)
{
    if (options == NULL)
        return rlra_fail(context, RLRA_ERR_ARGUMENT, "the options to check are NULL");
    for (int i = 0; i < ROW_COUNT; ++i) {
        const rlra_status status = check_row(context, options, i);
        if (status != RLRA_OK)
            return status;
    }
    return RLRA_OK;
}
