/* cli/help.c: help texts and the version, generated from the tables. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "request.h"
#include "text.h"

#define COLUMNS     100
#define HELP_COLUMN 28

/* Print text from column `indent` on, broken at spaces; the line already holds `used` columns. */
static void print_wrapped(const char *text, int indent, int used)
{
    char word[256];
    int column = used;
    while (word_next(&text, word, sizeof word)) {
        const int length = text_columns(word);
        if (column > indent && column + 1 + length > COLUMNS) {
            putchar('\n');
            column = 0;
        }
        if (column < indent)
            column += printf("%*s", indent - column, "");
        else
            column += printf(" ");
        fputs(word, stdout);
        column += length;
    }
    putchar('\n');
}

static void print_option(char letter, const char *name, const char *placeholder, const char *help)
{
    char left[128];
    char typed[64];
    snprintf(typed, sizeof typed, "%s", name);
    for (char *c = typed; *c != '\0'; ++c)
        *c = *c == '_' ? '-' : *c;
    const char dash[] = {letter == '\0' ? ' ' : '-', letter == '\0' ? ' ' : letter, letter == '\0' ? ' ' : ',', '\0'};
    snprintf(left, sizeof left, "  %s --%s %s", dash, typed, placeholder);
    int used = printf("%s", left);
    if (used >= HELP_COLUMN) {
        putchar('\n');
        used = 0;
    }
    print_wrapped(help, HELP_COLUMN, used);
}

/* "what it does (one of: a b c; default: a)" */
static char *full_help(const char *help, const char *choices, const char *standard, const char *needs)
{
    textbuf t = {NULL, 0, 0};
    text_add(&t, "%s", help);
    const char *between = " (";
    if (choices[0] != '\0') {
        text_add(&t, "%sone of: %s", between, choices);
        between = "; ";
    }
    if (standard[0] != '\0') {
        text_add(&t, "%sdefault: %s", between, standard);
        between = "; ";
    }
    if (needs[0] != '\0') {
        text_add(&t, "%sneeds --", between);
        for (const char *c = needs; *c != '\0'; ++c) {
            const char alone[] = {*c == '=' ? ' ' : *c, '\0'};
            text_add(&t, "%s", *c == ',' ? " or " : alone);
        }
        between = "; ";
    }
    if (between[0] == ';')
        text_add(&t, ")");
    return t.bytes;
}

/* The names of starts that can be typed: "model" is what a file becomes. */
static char *start_names(void)
{
    textbuf t = {NULL, 0, 0};
    char name[32];
    const char *list = rlra_option_find("init")->choices;
    while (word_next(&list, name, sizeof name)) {
        if (strcmp(name, "model") != 0)
            text_add(&t, "%s%s", t.length == 0 ? "" : " ", name);
    }
    return t.bytes;
}

static void print_flags(const command *about)
{
    for (int i = 0; flag_at(i) != NULL; ++i) {
        const flag *const f = flag_at(i);
        if (!command_takes_flag(about, f))
            continue;
        char *const names = strcmp(f->name, "init") == 0 ? start_names() : cli_format("%s", f->choices);
        char *const help = full_help(f->help, names, flag_standard(about, f), flag_needs(about, f));
        print_option(f->letter, f->name, f->placeholder, help);
        free(help);
        free(names);
    }
}

static void print_fit_options(const command *about)
{
    for (int i = 0; i < rlra_option_count(); ++i) {
        rlra_option option;
        if (!command_takes_option(about, rlra_option_at(i)))
            continue;
        command_option(about, rlra_option_at(i), &option);
        const int is_rank = option_letter(&option) == 'r';
        char *const help = full_help(option.help, option.choices, is_rank ? "" : option.standard, option.needs);
        print_option(option_letter(&option), option.name, option_placeholder(&option), help);
        free(help);
    }
}

void print_help(const command *about)
{
    printf("usage: rlra %s %s\n\n%s\n", about->name, about->arguments, about->summary);
    if (about->description[0] != '\0')
        printf("\n%s", about->description);
    printf("\nOptions (--name VALUE or --name=VALUE):\n");
    print_fit_options(about);
    print_flags(about);
    printf("\nExamples:\n");
    for (const char *line = about->examples; *line != '\0';) {
        const int length = (int)strcspn(line, "\n");
        printf("  %.*s\n", length, line);
        line += length + 1;
    }
}

void print_overview(void)
{
    printf("usage: rlra COMMAND DATA... [options]\n\n"
           "Regularized low-rank approximations of matrices and tensors.\n\nCommands:\n");
    for (int i = 0; command_at(i) != NULL; ++i)
        printf("  %-10s %s\n", command_at(i)->name, command_at(i)->summary);
    printf("\n  rlra help COMMAND   options and examples of a command\n"
           "  rlra --version      version, libraries and processor support\n\n"
           "Exit codes: 0 done, 1 the run failed, 2 wrong usage, 130 interrupted (Ctrl-C: the results so far are "
           "written).\n");
}

void print_version(void)
{
    const rlra_build *const build = rlra_build_info();
    printf("rlra %s\n", build->version);
    printf("  compiler    %s\n", build->compiler);
    printf("  BLAS        %s\n", build->blas);
    printf("  threads     %d\n", build->threads);
    printf("  precisions  %s\n", build->precisions);
    printf("  kernels     %s\n", build->kernels);
    printf("  features    %s\n", build->features);
}

int command_help(const request *asked)
{
    if (asked->data_count == 0) {
        print_overview();
        return EXIT_OK;
    }
    const command *const about = command_find(asked->data[0]);
    if (about == NULL)
        return usage_error(NULL, "there is no command '%s'", asked->data[0]);
    print_help(about);
    return EXIT_OK;
}
