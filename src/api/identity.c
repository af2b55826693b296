/* api/identity.c: all that a fit depends on, as text that can be compared and shown line by line. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "api/array.h"
#include "api/fit.h"
#include "core/check.h"
#include "core/print.h"
#include "form/form.h"
#include "penalty/penalty.h"
#include "rlra/registry.h"
#include "solve/core.h"

#define TEXT_BYTES 32768

static const char separator[] = " = ", kernels_key[] = "kernels = ";

/* Options that may differ: limits, which only end a fit, and those that change no bit; the rank is that of the model. */
static const char *const free_options[] = {"max_sweeps", "time_limit", "threads", "rank"};

typedef struct text {
    char *at;
    size_t used;
} text;

static void add(text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(text *t, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = rlra_print_list(t->at + t->used, TEXT_BYTES - t->used, format, arguments);
    va_end(arguments);
    t->used += length > 0 ? (size_t)length : 0;
    t->used = t->used < TEXT_BYTES ? t->used : TEXT_BYTES - 1;
}

static rlra_status digest_of(const rlra_problem *problem, int t, uint64_t *digest)
{
    const problem_term *const term = &problem->term[t];
    const core_ops *const core = rlra_core_of(problem->dtype);
    if (term->source != NULL)
        return rlra_stored_digest(problem->context, &term->array, term->source, digest);
    if (term->sparse == NULL && term->array.data == NULL && term->digest == 0)
        return rlra_fail(problem->context, RLRA_ERR_UNSUPPORTED,
                         "a checkpoint must know its data again, and these are known by their products only: give a "
                         "digest of them, or take no checkpoints");
    *digest = term->sparse != NULL       ? core->digest(term->sparse)
              : term->array.data == NULL ? term->digest
                                         : rlra_array_digest(&term->array);
    return RLRA_OK;
}

static void add_numbers(text *to, int count, const int64_t *numbers, const char *between)
{
    for (int i = 0; i < count; i++)
        add(to, "%s%" PRId64, i == 0 ? "" : between, numbers[i]);
    add(to, "\n");
}

static rlra_status add_term(text *to, const rlra_problem *problem, int t)
{
    uint64_t digest;
    const rlra_status status = digest_of(problem, t, &digest);
    const problem_term *const term = &problem->term[t];
    const form_ops *const ops = rlra_f64_form_at(term->form);
    const int numbers = term->array.order + ops->cores;
    int64_t strides[RLRA_MAX_ORDER], factors[RLRA_MAX_ORDER + 1];
    char whose[32] = "the data";
    if (status != RLRA_OK)
        return status;
    if (problem->terms > 1)
        snprintf(whose, sizeof whose, "term %d of the data", t);
    for (int m = 0; m < term->array.order; m++) {
        strides[m] = term->array.dims[m] > 1 ? term->array.strides[m] : 0;
    }
    for (int at = 0; at < numbers; at++)
        factors[at] = term->factors[at];
    add(to, "storage of %s%s%s\n", whose, separator,
        term->sparse != NULL ? "sparse"
        : term->digest != 0  ? "products"
                             : "dense");
    add(to, "shape of %s%s", whose, separator);
    add_numbers(to, term->array.order, term->array.dims, " x ");
    add(to, "strides of %s%s", whose, separator);
    add_numbers(to, term->array.order, strides, " ");
    add(to, "factors of %s%s", whose, separator);
    add_numbers(to, numbers, factors, " ");
    if (ops->cores > 0)
        add(to, "form of %s%s%s\n", whose, separator, ops->about.name);
    add(to, "weight of %s%s%.17g\n", whose, separator, term->weight);
    add(to, "what is missing of %s%s%s\n", whose, separator,
        term->nan_is_missing                       ? "NaN"
        : term->is_partial && term->sparse != NULL ? "what is not stored"
                                                   : "nothing");
    if (term->weights.data != NULL)
        add(to, "hash of the weights of %s%s%016" PRIx64 "\n", whose, separator, rlra_array_digest(&term->weights));
    for (int m = 0; m < term->array.order; m++)
        if (term->map[m].data != NULL)
            add(to, "hash of the map of mode %d of %s%s%016" PRIx64 "\n", m, whose, separator,
                rlra_array_digest(&term->map[m]));
    add(to, "hash of the entries of %s%s%016" PRIx64 "\n", whose, separator, digest);
    return RLRA_OK;
}

/* Add the ranks, as one number if all factors of modes share it. */
static void add_ranks(text *to, const rlra_problem *problem, const int64_t *ranks)
{
    int is_one = 1;
    for (int n = 0; n < problem->factors; n++)
        is_one &= !problem->is_core[n] && ranks[n] == ranks[0];
    add(to, "rank%s", separator);
    add_numbers(to, is_one ? 1 : problem->factors, ranks, " ");
}

static void add_priors(text *to, const rlra_problem *problem, int n)
{
    add(to, "prior of factor %d%s", n, separator);
    const prior_list *const list = &problem->priors[n];
    for (int p = 0; p < list->count; p++) {
        const problem_prior *const prior = &list->item[p];
        const penalty_ops *const ops = rlra_f64_penalty_at(prior->member);
        const int weightless = ops->constraint && ops->bound == PENALTY_NO_BOUND && !ops->counts;
        add(to, "%s%s", p == 0 ? "" : ",", ops->about.name);
        if (!weightless)
            add(to, "=%.17g", prior->weight);
    }
    add(to, "%s\n", list->count == 0 ? "none" : "");
}

static int is_free(const char *name)
{
    for (size_t i = 0; i < sizeof free_options / sizeof free_options[0]; i++)
        if (strcmp(free_options[i], name) == 0)
            return 1;
    return 0;
}

rlra_status rlra_fit_identity(const rlra_problem *problem, const rlra_options *options, const int64_t *ranks,
                              char **made)
{
    rlra_context *const context = problem->context;
    rlra_status status = RLRA_OK;
    text to = {rlra_alloc(context, TEXT_BYTES, 1), 0};
    *made = to.at;
    if (to.at == NULL)
        return rlra_fail_memory(context, TEXT_BYTES, 1, "what a checkpoint is of");
    add(&to, "version of rlra%s%s\n", separator, rlra_build_info()->version);
    add(&to, "precision%s%s\n", separator, rlra_dtype_name(problem->dtype));
    add(&to, "number of terms%s%d\n", separator, problem->terms);
    for (int t = 0; t < problem->terms; t++)
        TRY(add_term(&to, problem, t));
    add_ranks(&to, problem, ranks);
    for (int n = 0; n < problem->factors; n++)
        add_priors(&to, problem, n);
    for (int i = 0; i < rlra_option_count(); i++) {
        const char *const name = rlra_option_at(i)->name;
        char value[64];
        if (is_free(name) || rlra_options_get(context, options, name, value, sizeof value) != RLRA_OK)
            continue;
        add(&to, "option %s%s%s\n", name, separator, value);
    }
    add(&to, "%s%s\n", kernels_key, rlra_build_info()->kernels);
cleanup:
    return status;
}

/* Length of the line at `at`, without its end. */
static int line_length(const char *at)
{
    return (int)strcspn(at, "\n");
}

static rlra_status refuse(rlra_context *context, const char *path, const char *kept, const char *now)
{
    const char *const split = strstr(now, separator), *const other = strstr(kept, separator);
    const int key = split == NULL ? 0 : (int)(split - now), begin = key + (int)strlen(separator);
    const int same_key = split != NULL && other != NULL && other - kept == key && strncmp(kept, now, (size_t)key) == 0;
    if (!same_key)
        return rlra_fail(context, RLRA_ERR_ARGUMENT,
                         "the checkpoint '%s' is of another fit: it has '%.*s' where this one has '%.*s'", path,
                         line_length(kept), kept, line_length(now), now);
    return rlra_fail(context, RLRA_ERR_ARGUMENT,
                     "the checkpoint '%s' is of another fit: its %.*s is '%.*s', here it is '%.*s'", path, key, now,
                     line_length(kept) - begin, kept + begin, line_length(now) - begin, now + begin);
}

rlra_status rlra_fit_same(rlra_context *context, const char *path, const char *kept, const char *now)
{
    const size_t free_line = strlen(kernels_key);
    while (*kept != '\0' || *now != '\0') {
        const int length = line_length(now);
        const int is_kernels = strncmp(now, kernels_key, free_line) == 0 && strncmp(kept, kernels_key, free_line) == 0;
        if (!is_kernels && (line_length(kept) != length || strncmp(kept, now, (size_t)length) != 0))
            return refuse(context, path, kept, now);
        now += length + (now[length] == '\n');
        kept += line_length(kept) + (kept[line_length(kept)] == '\n');
    }
    return RLRA_OK;
}

const char *rlra_fit_kernels(const char *identity)
{
    const char *const line = strstr(identity, kernels_key);
    return line == NULL ? "" : line + strlen(kernels_key);
}
