/* cli/run.h: the steps that every fit takes: read, pose, start, fit, write, report. */
#ifndef RLRA_CLI_RUN_H
#define RLRA_CLI_RUN_H

#include <stdio.h>

#include "request.h"

#define RUN_TABLES 4
#define RUN_FACTS  12

/* A number about the data or the result, for the report and run.json. */
typedef struct run_fact {
    const char *name;
    double value;
} run_fact;

/* What is shown and kept of each sweep. */
typedef struct progress {
    rlra_page_sweep *rows;
    int64_t count, room;
    int64_t *begins; /* row of sweep 0 of each fit */
    int64_t *owners; /* number of its start        */
    int fits;
    const char *log_path; /* of a log that is not open yet, or NULL */
    FILE *log;            /* or NULL */
    int log_failed;       /* it could not be opened */
    int bar;              /* draw on stderr */
    double drawn;         /* seconds of the fit when last drawn */
    double first_kkt;
} progress;

/* One fit. Made with run_begin(), which needs only `asked`; cleared with run_end(). */
typedef struct run {
    const request *asked;
    rlra_context *context; /* that of the request */
    rlra_dataset *dataset;
    rlra_stream *stream; /* of data that are read piece by piece: then there is no `dataset`; or NULL */
    double memory_limit;
    int takes_sparse;                  /* whether the command does                               */
    const rlra_sparse *sparse;         /* or NULL: then `data` has its shape and no entries      */
    rlra_array data;                   /* the view that is decomposed                            */
    rlra_dataset *weights_file;        /* or NULL                                                */
    const rlra_sparse *sparse_weights; /* of the stored entries of sparse data, or NULL   */
    rlra_array weights;                /* of the entries of `data`, where there is such a file   */
    int partial;                       /* entries are missing or have weights                    */
    int64_t raised;                    /* entries that --floor raised                            */
    rlra_problem *problem;
    rlra_model *model;
    rlra_options options;
    rlra_report report;
    const char *stop_word, *stop_text;
    char *stop_said; /* what stop_text points to, where it is not a literal */
    int interrupted;
    rlra_start *starts; /* those of --starts, or NULL */
    rlra_starts_report series;
    rlra_checkpoint_report kept; /* of the start that was best */
    char **start_cells;
    progress progress;
    char *out;
    rlra_folder *folder; /* of the results, or NULL */
    double read_seconds, prepare_seconds, fit_seconds, write_seconds;

    /* What a command adds to the outputs. */
    const char *default_priors[RLRA_MAX_ORDER]; /* NULL: nonneg */
    char *priors[RLRA_MAX_ORDER];               /* those in force, as text */
    const rlra_page_scene *scene;               /* or NULL */
    const rlra_array *whole;                    /* the data of which `data` is a part, or NULL */
    const unsigned char *used[RLRA_MAX_ORDER];  /* 1 for those indices of `whole` that are in `data`; NULL: all */
    const rlra_model *written;                  /* the model with all indices of `whole`, or NULL */
    const rlra_model *shown;                    /* the model in the report if not `model`, or NULL */
    const char *const *component_names;
    const char *const *mode_names;
    int table_count;
    rlra_page_table tables[RUN_TABLES];
    const char *note;     /* a line below the tables, or NULL */
    const char *reported; /* lines on what of the data was left out, or NULL */
    int fact_count;
    run_fact facts[RUN_FACTS];
    const char *noun; /* what components are called, or NULL */
    int bars_count;   /* bar charts, which stand in for the factors in the report */
    const rlra_page_bars *bars;
    const char *bars_title;
    int extra_count;
    rlra_named_array extra[4]; /* more arrays for factors.npz */
} run;

void run_begin(run *r, const request *asked);

/* All return an exit code and have said on stderr what is wrong when it is not EXIT_OK. */
int run_read(run *r, int least_order, int most_order); /* asked->data[0] into `dataset` and `data` */
int run_pose(run *r);                                  /* `data` into `problem` */
int run_constrain(run *r);                             /* priors into `problem` */
int run_start(run *r);                   /* `model`, filled from a file if asked; then opens the outputs */
                                         /* with --plan: reports it and returns EXIT_PLANNED */
int run_prepare(run *r, int most_order); /* all of the above, for data of order 2 to this */
int run_fit(run *r);
int run_write(run *r);
int run_report(const run *r);
void run_end(run *r);

/* cli/plan.c: report the plan; returns EXIT_PLANNED. */
int run_plan(const run *r);

/* Threads that the system did not grant are reported, once a command. */
void run_report_threads(const request *asked, int64_t used, int64_t refused);

/* Whether data in memory and what a fit needs beside them are more than --memory-limit. */
int plan_exceeds(const run *r, const rlra_plan *plan);

/* Refuse a fit that does not fit into memory, or into --memory-limit. */
int plan_check(const run *r, const rlra_plan *plan);

/* cli/fit.c: what it adds to run.json, and what it made. */
struct cJSON;
void fit_record(const run *r, struct cJSON *root);
void fit_clear(run *r);

/* Variable, format and stored type of the data. */
const char *run_variable(const run *r);
const char *run_format(const run *r);
const char *run_stored_dtype(const run *r);

/* Say why the library failed: "WHAT: sentence"; `what` may be NULL. */
int run_fail(const run *r, rlra_status status, const char *what);

/* Whether no prior sees the scale of the components: all are nonneg or none. */
int run_is_scale_free(const run *r);

/* The model as it is written: with all indices of the data, also those that were left out. */
const rlra_model *run_model(const run *r);

/* The data as they came, without entries of what is read piece by piece. */
const rlra_array *run_whole(const run *r);

/* Multiply component `k` of a factor. */
void scale_component(const rlra_array *factor, int64_t k, double by);

/* cli/input.c: read one array. If a file has several variables, it takes the one that alone has the most modes, counting those
 * longer than one, from `least_order` to `most_order`. */
int input_read(const run *r, const char *spec, int least_order, int most_order, const rlra_read_options *options,
               rlra_dataset **dataset);
/* The same; the array may be sparse. */
int input_read_any(const run *r, const char *spec, int least_order, int most_order, const rlra_read_options *options,
                   rlra_dataset **dataset);
/* rlra_dataset_read(), which reports its notes on stderr: commands read by it alone, unless they read much of one file. */
rlra_status input_dataset(const run *r, const char *spec, const rlra_read_options *options, rlra_dataset **dataset);
/* Report a note on a file, unless --quiet. */
void input_report(const run *r, const char *spec, const char *note);
/* All notes of a data set, or of none where there is NULL. */
void input_report_all(const run *r, const char *spec, const rlra_dataset *dataset);
/* FILE:NAME when FILE holds several variables of which one fits, else the text as it is; freed with free(). `report`: say on stderr
 * which of several matrices or arrays that is. */
char *input_choose(const run *r, const char *spec, const rlra_read_options *options, int least_order, int most_order,
                   int tell);
/* How the data of a command are to be read. */
rlra_read_options input_options(const request *asked);
/* Refuse an option of reading that none of the files heeds, as they are of other formats: one file, or two. */
int input_require_heed(int count, const char *const *specs, const char *const *formats,
                       const rlra_read_options *options);
/* input_read_any() without that: for who reads several files with the same options. */
int input_load(const run *r, const char *spec, int least_order, int most_order, const rlra_read_options *options,
               rlra_dataset **dataset);
/* In double precision, all else as the file says: how what stands beside the data is read. */
extern const rlra_read_options input_doubles;
/* Refuse a sparse data set: frees it, and says so. */
int input_require_dense(const run *r, const char *spec, rlra_dataset **dataset);
/* Length of the file part of FILE or FILE:NAME: all of it when there is such a file. */
size_t input_path_length(const char *spec);
/* The same array without modes of length one. */
rlra_array input_squeezed(const rlra_array *array);

/* cli/start_file.c: --init FILE */
int64_t start_file_rank(const run *r); /* 0: it was said on stderr why there is none */
int start_file_fill(run *r);           /* `model`, without the rows of what is left out of the data */

/* cli/output.c */
int output_prepare(run *r);
int output_write(run *r);
void output_close(run *r);
int output_commit(const run *r);  /* put what was written in the place of an older result */
int output_factors(const run *r); /* factors.npz alone */
/* Where a file is written before the commit, freed with free(); NULL when it was said on stderr why not. */
char *output_path(const run *r, const char *name);
int output_has(const run *r, const char *name);
/* Say why a file could not be written, by the name it was to have. */
int output_fail(const run *r, rlra_status status);
/* That sentence, freed with free(). */
char *output_why(const run *r, rlra_status status);
/* All files that commands write to a folder of results, the record last; ended by NULL. */
extern const char *const output_names[];
int output_bytes(const run *r, const char *name, const char *bytes, size_t size);

/* cli/record.c: run.json */
int record_write(const run *r);

/* cli/page.c */
char *page_write(run *r); /* why it could not be written, freed with free(), or NULL */

/* cli/progress.c */
int progress_open(progress *p, const request *asked);
void progress_begin(progress *p, rlra_context *context); /* also: Ctrl-C stops the fit */
void progress_end(progress *p, rlra_context *context);
void progress_choose(progress *p, int start, int64_t sweeps); /* keep the rows of one of several starts */
int progress_close_log(progress *p, const request *asked);    /* reports whether all could be written */
void progress_clear(progress *p);
double seconds_now(void);

#endif
