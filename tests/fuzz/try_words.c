/* fuzz/try_words.c: one trial of what users type: options, priors, names of variables, numbers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/number.h"
#include "fuzz/io_try.h"
#include "rlra/io.h"
#include "rlra/options.h"
#include "rlra/problem.h"

#define LINES 64

static void must(int holds, const char *what, const char *line)
{
    if (holds)
        return;
    fprintf(stderr, "'%s': %s\n", line, what);
    abort();
}

/* An option that was set can be printed, and what is printed sets it to the same. */
static void try_option(trial *t, rlra_context *context, rlra_options *options, const char *line)
{
    char name[64], printed[128], again[128];
    const char *const value = strchr(line, '=');
    if (value == NULL || value - line >= (ptrdiff_t)sizeof name)
        return;
    snprintf(name, sizeof name, "%.*s", (int)(value - line), line);
    rlra_options_check_given(context, options, name, NULL, 0);
    if (rlra_options_set(context, options, name, value + 1) != RLRA_OK) {
        t->refused++;
        return;
    }
    t->read++;
    must(rlra_options_get(context, options, name, printed, sizeof printed) == RLRA_OK, "set, and cannot be printed",
         line);
    must(rlra_options_set(context, options, name, printed) == RLRA_OK, "printed, and cannot be set", line);
    rlra_options_get(context, options, name, again, sizeof again);
    must(strcmp(printed, again) == 0, "is printed in two ways", line);
    must(rlra_options_check(context, options) == RLRA_OK, "set, and refused afterwards", line);
}

static void try_prior(rlra_context *context, const char *line)
{
    rlra_problem *problem;
    if (rlra_problem_create(context, &problem) != RLRA_OK)
        return;
    rlra_problem_add_prior(problem, 0, line);
    rlra_problem_add_prior(problem, 1, line);
    rlra_problem_destroy(problem);
}

static void try_spec(const trial *t, rlra_context *context, const char *line)
{
    char spec[512], *text = NULL;
    rlra_dataset *dataset = NULL;
    /* Behind the name of a file that is there, and alone in the folder of the trials. */
    for (int k = 0; k < 2; k++) {
        snprintf(spec, sizeof spec, "%s/f%s%s", t->folder, k == 0 ? t->ending : "/", line);
        rlra_dataset_read(context, spec, NULL, &dataset);
        rlra_dataset_destroy(dataset);
        rlra_text_read(context, spec, &text);
        rlra_text_free(context, text);
    }
}

/* A caller may put any number into the fields. */
static void try_fields(rlra_context *context, const char *line)
{
    rlra_options options = rlra_options_default();
    char printed[8];
    double value;
    if (!rlra_number_parse(line, &value))
        return;
    for (int k = 0; k < rlra_option_count(); k++) {
        const rlra_option *const row = rlra_option_at(k);
        if (row->kind == RLRA_OPTION_DOUBLE)
            memcpy((char *)&options + row->offset, &value, sizeof value);
        rlra_options_get(context, &options, row->name, printed, sizeof printed);
    }
    rlra_options_check(context, &options);
}

/* A number that was printed is read as the same. */
static void try_number(const char *line)
{
    char text[NUMBER_BYTES];
    double value, back;
    rlra_number_read(line, ',', &value);
    if (rlra_number_read(line, '.', &value) == NULL)
        return;
    for (int single = 0; single < 2; single++) {
        const double printed = single ? (double)(float)value : value;
        rlra_number_format(printed, single, text);
        must(rlra_number_parse(text, &back), "is printed as what is no number", line);
        must((single ? (double)(float)back : back) == printed || printed != printed, "is printed as another number",
             line);
    }
}

void trial_run_words(trial *t, const uint8_t *bytes, size_t size)
{
    static const char some[] = "# Created by Octave 7.3.0, Mon Jan 01 00:00:00 2024 UTC <user@host>\n"
                               "# name: x\n# type: matrix\n# rows: 2\n# columns: 2\n 1 2\n 3 4\n\n\n"
                               "# name: y\n# type: matrix\n# rows: 1\n# columns: 2\n 1 2\n\n\n"
                               "# name: t\n# type: string\n# elements: 1\n# length: 2\nab\n\n\n";
    char line[400], name[32];
    rlra_context *const context = trial_begin(t, bytes, size);
    rlra_options options = rlra_options_default();
    if (context == NULL)
        return;
    snprintf(name, sizeof name, "f%s", t->ending);
    trial_put(t, name, some, sizeof some - 1);
    size_t at = 0;
    for (int k = 0; at < size && k < LINES; k++) {
        const uint8_t *const end = memchr(bytes + at, '\n', size - at);
        const size_t length = end == NULL ? size - at : (size_t)(end - bytes) - at;
        snprintf(line, sizeof line, "%.*s", (int)(length < sizeof line ? length : sizeof line - 1),
                 (const char *)bytes + at);
        try_option(t, context, &options, line);
        try_prior(context, line);
        try_spec(t, context, line);
        try_number(line);
        try_fields(context, line);
        at += length + 1;
    }
    rlra_context_destroy(context);
}
