/* cli/nnls/nnls.h: the steps of `rlra nnls`: read W and Y, solve, write X, report. */
#ifndef RLRA_CLI_NNLS_H
#define RLRA_CLI_NNLS_H

#include "known.h"
#include "scene.h"

typedef struct regression {
    const request *asked;
    run files; /* reads files and reports why it cannot */
    rlra_dataset *w_file, *y_file;
    rlra_array w, y;    /* as the solver sees them: m x r, and m x n or m numbers */
    rlra_sparse sparse; /* Y, if it is sparse; then y has its shape and no data */
    int is_sparse;
    void *expanded[2]; /* memory of W and Y whose files are sparse but which the solver takes dense */
    char *priors, *out;
    rlra_options options;
    rlra_array x;         /* r x n, r numbers, or n x P x r with --front    */
    rlra_array x_written; /* the same, laid out as the file shall hold it */
    int64_t sizes;        /* P, or 0 */
    double *losses, *kkts, *gaps;
    int is_scene; /* Y is one: W are known spectra, and its columns are pixels */
    scene scene;
    known known;
    void *maps; /* memory of X before it is laid out */
    int64_t columns;
    rlra_nnls_report report;
} regression;

/* Both return an exit code and have said on stderr what is wrong when it is not EXIT_OK. */
int regression_read(regression *r);
int regression_write(regression *r);

/* Where the result goes, found out before the long work. */
int regression_prepare_output(regression *r);

/* The result on stdout, as a table or as JSON, and a note on stderr about columns that stay open. */
int regression_print(const regression *r);

#endif
