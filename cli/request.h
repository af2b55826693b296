/* cli/request.h: what a command line asks for, and the tables of commands and options it is read with. */
#ifndef RLRA_CLI_REQUEST_H
#define RLRA_CLI_REQUEST_H

#include <stddef.h>

#include "rlra/rlra.h"

/* Exit codes. */
/* EXIT_INTERRUPTED is what a shell gives a program that Ctrl-C ended; here the results so far were written. */
/* EXIT_PLANNED ends a command that was to report its plan only; a shell sees EXIT_OK. */
enum { EXIT_PLANNED = -1, EXIT_OK = 0, EXIT_RUN = 1, EXIT_USAGE = 2, EXIT_INTERRUPTED = 130 };

#define DATA_MOST  1000000 /* files of a command that takes any number */
#define PRIOR_MOST 32

typedef struct text_list {
    int count;
    const char *item[PRIOR_MOST];
} text_list;

typedef struct request request;

/* One row of the command table. */
typedef struct command {
    const char *name;
    const char *arguments;   /* after the name in the usage line */
    const char *summary;     /* one line */
    const char *description; /* paragraphs for `rlra help`, ended by newlines; may be "" */
    const char *examples;    /* lines, ended by newlines */
    int least_data, most_data;
    int (*run)(const request *asked);
} command;

/* INPUT and OUTPUT are texts that name files: from them follows what a command reads and writes (cli/files.c). */
typedef enum flag_kind {
    FLAG_SWITCH,
    FLAG_TEXT,
    FLAG_INPUT,
    FLAG_OUTPUT,
    FLAG_CHOICE,
    FLAG_NUMBER,
    FLAG_LIST
} flag_kind;

/* One row of the table of options that only the command line has. */
typedef struct flag {
    const char *name;
    char letter; /* 0: none */
    flag_kind kind;
    size_t offset;           /* in request: int, const char *, double or text_list */
    const char *placeholder; /* "" for switches */
    const char *standard;    /* the default as shown, may be "" */
    const char *choices;     /* separated by spaces, or "" */
    const char *commands;    /* that take it, separated by spaces */
    const char *help;
} flag;

struct request {
    const command *about;
    int argc;
    char **argv;
    rlra_context *context;
    int data_count;
    const char **data;
    rlra_options options; /* of the fit; init is "model" when init_file is set */
    char given[512];      /* names of the fields of it that were given, each with a space behind it */
    const char *init, *init_file;
    const char *dtype, *index_base, *out, *log;
    text_list priors;
    int quiet, json, sum_to_one, front, help;
    const char *library, *labels, *label_names, *wavelengths, *shape, *pixel_order, *method;
    const char *bad_bands, *ignore_value, *report; /* of scenes */
    int resample;
    const char *mask, *mask_means, *weights, *missing;     /* of data that are not complete */
    double skip;                                           /* lines of text before the data; negative: not given */
    const char *names, *first_column, *decimal, *grouping; /* how data in text are written */
    double floor;                                          /* of dense data; negative: none */
    const char *upper, *lower, *start, *transpose;         /* of a regression */
    const char *vocabulary, *titles;                       /* of topics */
    int swap;
    double residual, top, relevance; /* negative: not given, here and below */
    double starts, checkpoint_every;
    const char *checkpoint, *memory_limit;
    int resume, plan, no_report;
};

/* Whether the value of a flag is kept as text: a choice is, too. */
int flag_is_text(const flag *f);

const command *command_at(int index);
const command *command_find(const char *name);
const flag *flag_at(int index);

/* The flag of that name; it exists. */
const flag *flag_named(const command *about, const char *name);

/* Whether a command takes this option by its name; whether an option of a fit has any meaning to it. */
int command_takes_flag(const command *about, const flag *f);
int command_takes_option(const command *about, const rlra_option *option);
int command_uses_option(const command *about, const rlra_option *option);

/* A public option as the command sees it, with its own default and help; 0 if it has no meaning to it, then as it is. */
int command_option(const command *about, const rlra_option *option, rlra_option *row);

/* The option of the command line without which this one has no effect in a command, or "". */
const char *flag_needs(const command *about, const flag *f);

/* The default of an option of the command line; of one that hides a public option, that of the public one. */
const char *flag_standard(const command *about, const flag *f);

/* The letter of a public option, or 0; what stands for its value in the help. */
char option_letter(const rlra_option *option);
const char *option_placeholder(const rlra_option *option);

/* Read argv[first..]; on wrong usage say so on stderr and return EXIT_USAGE. */
int request_read(request *asked, int first);

/* Say on stderr what is wrong with the usage; returns EXIT_USAGE. */
int usage_error(const command *about, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Say on stderr why a command failed; returns EXIT_RUN. */
int run_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The command line as one line of text, quoted for a shell where needed; freed with free(). */
char *request_line(const request *asked);

void print_help(const command *about);
void print_overview(void);
void print_version(void);

int command_nmf(const request *asked);
int command_cp(const request *asked);
int command_unmix(const request *asked);
int command_separable(const request *asked);
int command_nnls(const request *asked);
int command_topics(const request *asked);
int command_list(const request *asked);
int command_help(const request *asked);
int command_info(const request *asked);

#endif
