/* rlra/options.h: the options of a fit: a plain struct and the table that describes each field. */
#ifndef RLRA_OPTIONS_H
#define RLRA_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "rlra/context.h"
#include "rlra/export.h"
#include "rlra/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Start from rlra_options_default(). The table below has meaning, default and bounds of each field; names are
 * borrowed strings and must outlive the calls that take the options. */
typedef struct rlra_options {
    int64_t rank;
    const char *update;
    const char *init;
    int64_t max_sweeps;
    int64_t inner_sweeps;
    double tolerance;
    double decrease;
    double remaining;
    int64_t escapes;
    double time_limit;
    int64_t seed;
    int64_t threads;
    const char *extrapolate;
    const char *pass;
    const char *loss;
    double beta;
    const char *order;
    double gamma;
    double rho;
    int64_t sparsity;
    int64_t node_limit;
    double holdout;
    int64_t holdout_seed;
    double reach;
} rlra_options;

typedef enum rlra_option_kind { RLRA_OPTION_INT, RLRA_OPTION_DOUBLE, RLRA_OPTION_NAME } rlra_option_kind;

/* One row of the option table; static memory. */
typedef struct rlra_option {
    const char *name; /* the field, the `--name` of the command line (with '-' for '_'), the Python keyword */
    rlra_option_kind kind;
    size_t offset;        /* offset of the field in rlra_options */
    const char *standard; /* the default, as text */
    double least, most;   /* for names: the allowed ones, separated by spaces; else "" */
    const char *choices;  /* names: the allowed ones, separated by spaces; else "" */
    const char
        *needs; /* what it needs to have an effect: "loss=beta", "update=a,b", "holdout" (not its default); or "" */
    const char *help; /* one line */
} rlra_option;

/** The defaults of every field. */
RLRA_API rlra_options rlra_options_default(void);

/** Number of rows of the option table. */
RLRA_API int rlra_option_count(void);

/** Row `index` of the table, or NULL past its end. */
RLRA_API const rlra_option *rlra_option_at(int index);

/** The row with that name ('-' and '_' are the same), or NULL. */
RLRA_API const rlra_option *rlra_option_find(const char *name);

/**
 * Set one field from text, checked against the table. Names are stored as pointers into the memory of the table.
 *
 * @retval RLRA_ERR_ARGUMENT  no such option, not a number, out of bounds, not a choice; the options are unchanged
 */
RLRA_API rlra_status rlra_options_set(rlra_context *context, rlra_options *options, const char *name, const char *text);

/** One field as text, as rlra_options_set() reads it; `text` gets at most `size` bytes with the final zero. */
RLRA_API rlra_status rlra_options_get(rlra_context *context, const rlra_options *options, const char *name, char *text,
                                      size_t size);

/**
 * Check by `needs` in the table that options which were given have an effect.
 *
 * @param[in] given       names of the options that the caller set, separated by spaces; others are not checked
 * @param[in] rules       the choices for "auto" of the option update, such as in rlra_plan; for several factors one is enough
 * @param[in] rule_count  0: not known, so that "auto" may be any
 * @retval RLRA_ERR_ARGUMENT  an option has no effect; the message names what it needs
 */
RLRA_API rlra_status rlra_options_check_given(rlra_context *context, const rlra_options *options, const char *given,
                                              const char *const *rules, int rule_count);

/** Check all fields against the table. */
RLRA_API rlra_status rlra_options_check(rlra_context *context, const rlra_options *options);

#ifdef __cplusplus
}
#endif
#endif
