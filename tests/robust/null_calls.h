/* robust/null_calls.h: good arguments for every public function. */
#ifndef TESTS_ROBUST_NULL_CALLS_H
#define TESTS_ROBUST_NULL_CALLS_H

#include <limits.h>
#include <math.h>
#include <stddef.h>

#include "rlra/rlra.h"

typedef struct fixture {
    rlra_context *context;
    rlra_problem *problem;
    rlra_model *model;
    rlra_array array, other;
    rlra_sparse sparse;
    rlra_products products;
    rlra_options options;
    rlra_option option;
    rlra_report report;
    rlra_nnls_plan *plan;
    rlra_nnls_report nnls;
    rlra_nnls_columns columns;
    rlra_folder *folder;
    rlra_dataset *dataset;
    rlra_stream *stream;
    rlra_file *file;
    rlra_variable variable;
    rlra_read_options reading;
    rlra_page page;
    rlra_match match;
    rlra_plan fit_plan;
    rlra_array_summary summary;
    rlra_sparse_summary sparse_summary;
    rlra_checkpoint checkpoint;
    rlra_checkpoint_report kept;
    rlra_start starts[2];
    rlra_starts_report series;
    rlra_batch_fit batch[2];
    rlra_batch_report whole;
    rlra_separable_options separable;
    rlra_separable_report picked;
    rlra_topic_word words[64];
    rlra_topic_quality quality[8];
    rlra_unmix_survey survey;
    rlra_named_array named;
    char text[256], room[256];
    double numbers[256], more_numbers[256];
    int64_t integers[256], dims[8], starts_of_rows[8], places[16];
    int modes[8];
    uint64_t hash;
    unsigned char bytes[256];
    const char *names[3];
    const int64_t *indices[3];
    struct {
        rlra_context *context;
        rlra_problem *problem;
        rlra_model *model;
        rlra_dataset *dataset;
        rlra_stream *stream;
        rlra_file *file;
        rlra_folder *folder;
        rlra_nnls_plan *plan;
        char *text;
    } made;
} fixture;

typedef struct null_call {
    const char *text;
    int (*call)(fixture *f); /* the status, 0 of functions that have none */
    int refuses;             /* the status must report it */
} null_call;

/* Ended by a call without text. */
extern const null_call null_calls[];

void see_variable(void *user, const rlra_variable *variable);

#endif
