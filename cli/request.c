/* cli/request.c: read a command line by the tables of options. */
#include "request.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "say.h"
#include "stream.h"
#include "text.h"
#include "words.h"

int usage_error(const command *about, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("rlra: ", stderr);
    say_list(stderr, format, arguments);
    say(stderr, " (see rlra help%s%s)\n", about == NULL ? "" : " ", about == NULL ? "" : about->name);
    va_end(arguments);
    return EXIT_USAGE;
}

int run_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("rlra: ", stderr);
    say_list(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return EXIT_RUN;
}

/* Where the reading of argv stands. */
typedef struct reader {
    request *asked;
    int at;              /* the argument being read */
    const char *letters; /* what is left of a group such as -qr5, or NULL */
} reader;

/* An option as typed: "--name" or "-x", and the value behind '=' or after the letter. */
typedef struct typed {
    char name[64];
    char letter;
    const char *value;
} typed;

static int name_is(const typed *t, const char *name, char letter)
{
    return t->letter != '\0' ? t->letter == letter : name_distance(t->name, name) == 0;
}

static const flag *find_flag(const command *about, const typed *t)
{
    for (int i = 0; flag_at(i) != NULL; ++i) {
        const flag *const f = flag_at(i);
        if (command_takes_flag(about, f) && name_is(t, f->name, f->letter))
            return f;
    }
    return NULL;
}

static const rlra_option *find_option(const command *about, const typed *t)
{
    for (int i = 0; i < rlra_option_count(); ++i) {
        const rlra_option *const option = rlra_option_at(i);
        if (command_takes_option(about, option) && name_is(t, option->name, option_letter(option)))
            return option;
    }
    return NULL;
}

static int unknown(const command *about, const typed *t)
{
    if (t->letter != '\0')
        return usage_error(about, "%s knows no option -%c", about->name, t->letter);
    nearest near = nearest_start(t->name);
    for (int i = 0; flag_at(i) != NULL; ++i) {
        if (command_takes_flag(about, flag_at(i)))
            nearest_offer(&near, flag_at(i)->name);
    }
    for (int i = 0; i < rlra_option_count(); ++i) {
        if (command_takes_option(about, rlra_option_at(i)))
            nearest_offer(&near, rlra_option_at(i)->name);
    }
    if (near.found == NULL)
        return usage_error(about, "%s knows no option --%s", about->name, t->name);
    char *const typed_so = cli_copy(near.found, strlen(near.found));
    for (char *c = typed_so; *c != '\0'; ++c)
        *c = *c == '_' ? '-' : *c;
    const int code = usage_error(about, "%s knows no option --%s, did you mean --%s?", about->name, t->name, typed_so);
    free(typed_so);
    return code;
}

/* The value of the option just read: behind '=' or the next argument. NULL when there is none. */
static const char *take_value(reader *r, typed *t)
{
    if (t->value == NULL && t->letter != '\0' && *r->letters != '\0') {
        t->value = r->letters;
        r->letters += strlen(r->letters);
    }
    if (t->value == NULL && r->at + 1 < r->asked->argc)
        t->value = r->asked->argv[++r->at];
    return t->value;
}

static const char *typed_text(const typed *t, char *room, size_t size)
{
    if (t->letter != '\0')
        snprintf(room, size, "-%c", t->letter);
    else
        snprintf(room, size, "--%s", t->name);
    return room;
}

static int set_number(const request *asked, const flag *f, double *field, const char *value)
{
    char *end = NULL;
    *field = strtod(value, &end);
    if (end == value || *end != '\0' || !(*field >= 0.0))
        return usage_error(asked->about, "--%s must be a number of at least 0, got '%s'", f->name, value);
    return EXIT_OK;
}

static int set_flag(reader *r, const flag *f, typed *t)
{
    request *const asked = r->asked;
    void *const field = (char *)asked + f->offset;
    char name[80];
    if (f->kind == FLAG_SWITCH) {
        if (t->value != NULL)
            return usage_error(asked->about, "--%s takes no value, got '%s'", f->name, t->value);
        *(int *)field = 1;
        return EXIT_OK;
    }
    const char *const value = take_value(r, t);
    if (value == NULL)
        return usage_error(asked->about, "%s needs a value: %s", typed_text(t, name, sizeof name), f->placeholder);
    if (f->kind == FLAG_NUMBER)
        return set_number(asked, f, field, value);
    if (f->kind == FLAG_LIST) {
        text_list *const list = field;
        if (list->count == PRIOR_MOST)
            return usage_error(asked->about, "--%s can be given at most %d times", f->name, PRIOR_MOST);
        list->item[list->count++] = value;
        return EXIT_OK;
    }
    if (f->kind == FLAG_CHOICE && !word_in(f->choices, value))
        return usage_error(asked->about, "--%s must be one of: %s; got '%s'", f->name, f->choices, value);
    *(const char **)field = value;
    return EXIT_OK;
}

static int set_option(reader *r, const rlra_option *option, typed *t)
{
    request *const asked = r->asked;
    char name[80];
    const char *const value = take_value(r, t);
    if (value == NULL)
        return usage_error(asked->about, "%s needs a value: %s", typed_text(t, name, sizeof name),
                           option_placeholder(option));
    const rlra_status status = rlra_options_set(asked->context, &asked->options, option->name, value);
    if (status == RLRA_OK) {
        const size_t used = strlen(asked->given);
        snprintf(asked->given + used, sizeof asked->given - used, "%s ", option->name);
        return EXIT_OK;
    }
    char *const words = words_reported(asked->about, asked->context, status);
    const int code = usage_error(asked->about, "%s", words);
    free(words);
    return code;
}

static int read_option(reader *r, typed *t)
{
    const flag *const f = find_flag(r->asked->about, t);
    if (f != NULL)
        return set_flag(r, f, t);
    const rlra_option *const option = find_option(r->asked->about, t);
    return option != NULL ? set_option(r, option, t) : unknown(r->asked->about, t);
}

static int read_long(reader *r, const char *argument)
{
    typed t = {"", '\0', NULL};
    const size_t length = strcspn(argument + 2, "=");
    if (length >= sizeof t.name)
        return usage_error(r->asked->about, "%s knows no option %s", r->asked->about->name, argument);
    memcpy(t.name, argument + 2, length);
    if (argument[2 + length] == '=')
        t.value = argument + 3 + length;
    return read_option(r, &t);
}

static int read_letters(reader *r, const char *argument)
{
    int code = EXIT_OK;
    for (r->letters = argument + 1; code == EXIT_OK && *r->letters != '\0';) {
        typed t = {"", *r->letters++, NULL};
        code = read_option(r, &t);
    }
    return code;
}

static int add_data(request *asked, const char *argument)
{
    if (asked->data_count >= asked->about->most_data)
        return usage_error(asked->about, "%s takes at most %d file%s, '%s' is one too many", asked->about->name,
                           asked->about->most_data, asked->about->most_data == 1 ? "" : "s", argument);
    asked->data[asked->data_count++] = argument;
    return EXIT_OK;
}

static int read_arguments(request *asked, int first)
{
    int only_data = 0;
    reader r = {asked, first, NULL};
    for (; r.at < asked->argc; ++r.at) {
        const char *const argument = asked->argv[r.at];
        int code = EXIT_OK;
        if (only_data || argument[0] != '-' || argument[1] == '\0')
            code = add_data(asked, argument);
        else if (strcmp(argument, "--") == 0)
            only_data = 1;
        else
            code = argument[1] == '-' ? read_long(&r, argument) : read_letters(&r, argument);
        if (code != EXIT_OK)
            return code;
    }
    return EXIT_OK;
}

/* --init is the name of a start or a file with factors. */
static int settle_init(request *asked)
{
    const rlra_option *const row = rlra_option_find("init");
    if (asked->init == NULL)
        return EXIT_OK;
    const int is_name = word_in(row->choices, asked->init) && strcmp(asked->init, "model") != 0;
    const int is_file = !is_name && strpbrk(asked->init, "./\\") != NULL;
    if (is_file)
        asked->init_file = asked->init;
    if (is_name || is_file) {
        rlra_options_set(asked->context, &asked->options, "init", is_file ? "model" : asked->init);
        return EXIT_OK;
    }
    nearest near = nearest_start(asked->init);
    char names[8][32];
    const char *list = row->choices;
    for (int i = 0; i < 8 && word_next(&list, names[i], sizeof names[i]); ++i) {
        if (strcmp(names[i], "model") != 0)
            nearest_offer(&near, names[i]);
    }
    if (near.found != NULL)
        return usage_error(asked->about, "--init knows no start '%s', did you mean %s?", asked->init, near.found);
    return usage_error(asked->about,
                       "--init needs the name of a start or a file with factors such as start.npz, "
                       "got '%s'",
                       asked->init);
}

static int check_robust(const request *asked)
{
    const double most = RLRA_STARTS_MOST;
    if (asked->starts >= 0.0 && (asked->starts < 1.0 || asked->starts > most || asked->starts != floor(asked->starts)))
        return usage_error(asked->about, "--starts must be a whole number from 1 to %.0f, got %g", most, asked->starts);
    if (asked->memory_limit != NULL && stream_size(asked->memory_limit) < 0.0)
        return usage_error(asked->about, "--memory-limit needs a size such as 200M or 1.5G, got '%s'",
                           asked->memory_limit);
    return EXIT_OK;
}

static int is_given(const request *asked, const flag *f)
{
    const void *const field = (const char *)asked + f->offset;
    switch (f->kind) {
    case FLAG_SWITCH:
        return *(const int *)field != 0;
    case FLAG_NUMBER:
        return *(const double *)field >= 0.0;
    case FLAG_LIST:
        return ((const text_list *)field)->count > 0;
    default:
        return *(const char *const *)field != NULL;
    }
}

/* An option without effect, as what it needs was not given. */
static int check_partners(const request *asked)
{
    for (int i = 0; flag_at(i) != NULL; ++i) {
        const flag *const f = flag_at(i);
        if (!command_takes_flag(asked->about, f) || flag_needs(asked->about, f)[0] == '\0' || !is_given(asked, f))
            continue;
        const flag *const partner = flag_named(asked->about, flag_needs(asked->about, f));
        if (!is_given(asked, partner))
            return usage_error(asked->about, "--%s has no effect without --%s %s", f->name, partner->name,
                               partner->placeholder);
    }
    return EXIT_OK;
}

/* How data in text are to be read. */
static int check_reading(const request *asked)
{
    const char *const names = asked->names, *const grouping = asked->grouping;
    const int is_line = names != NULL && names[0] != '\0' && strspn(names, "0123456789") == strlen(names) &&
                        strlen(names) < 18 && strtoll(names, NULL, 10) > 0;
    if (names != NULL && !is_line && strcmp(names, "none") != 0)
        return usage_error(asked->about,
                           "--names needs the number of the line that names the columns, or none, got '%s'", names);
    if (asked->skip >= 0.0 && (asked->skip != floor(asked->skip) || asked->skip > 1e15))
        return usage_error(asked->about, "--skip must be a whole number of lines, got %g", asked->skip);
    if (grouping != NULL && (strlen(grouping) != 1 || strchr(".,' _", grouping[0]) == NULL))
        return usage_error(asked->about, "--grouping must be one of the signs . , ' _ or a blank, got '%s'", grouping);
    if (grouping != NULL && asked->decimal != NULL && (grouping[0] == ',') == (strcmp(asked->decimal, "comma") == 0) &&
        (grouping[0] == ',' || grouping[0] == '.'))
        return usage_error(asked->about, "--grouping %s is the decimal sign, too", grouping);
    return EXIT_OK;
}

static int check(request *asked)
{
    const command *const about = asked->about;
    if (asked->data_count < about->least_data)
        return usage_error(about, "%s needs %s: rlra %s %s", about->name,
                           about->most_data == DATA_MOST ? "at least one file"
                           : about->least_data == 1      ? "a file"
                                                         : "two files",
                           about->name, about->arguments);
    int code = check_robust(asked);
    if (code == EXIT_OK)
        code = check_reading(asked);
    if (code == EXIT_OK)
        code = check_partners(asked);
    if (code == EXIT_OK)
        code = settle_init(asked);
    if (code != EXIT_OK)
        return code;
    const int needs_rank = command_takes_option(about, rlra_option_find("rank")) && asked->init_file == NULL;
    if (needs_rank && asked->options.rank < 1)
        return usage_error(about, "%s needs a rank of at least 1: -r R, the number of components", about->name);
    return EXIT_OK;
}

int request_read(request *asked, int first)
{
    asked->options = rlra_task_defaults(rlra_task_find(asked->about->name));
    asked->data = cli_alloc((size_t)asked->argc, sizeof *asked->data);
    asked->skip = -1.0;
    asked->residual = asked->floor = asked->top = asked->relevance = asked->starts = asked->checkpoint_every = -1.0;
    const int code = read_arguments(asked, first);
    return code != EXIT_OK || asked->help ? code : check(asked);
}

static int is_plain(const char *argument)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+,./:@%";
    return argument[0] != '\0' && argument[strspn(argument, plain)] == '\0';
}

char *request_line(const request *asked)
{
    textbuf line = {NULL, 0, 0};
    text_add(&line, "rlra");
    for (int i = 1; i < asked->argc; ++i) {
        char *const argument = text_valid(asked->argv[i]);
        if (is_plain(argument)) {
            text_add(&line, " %s", argument);
        } else {
            text_add(&line, " '");
            for (const char *c = argument; *c != '\0'; ++c)
                text_add(&line, *c == '\'' ? "'\\''" : "%c", *c);
            text_add(&line, "'");
        }
        free(argument);
    }
    return line.bytes;
}
