/* cli/factorise.c: `rlra nmf` and `rlra cp`: the same fit on a matrix and on an array of any order. */
#include "run.h"

/* Where no prior sees the scale: columns of length one, sorted by weight. */
static int normalise(run *r)
{
    const rlra_status status = run_is_scale_free(r) ? rlra_model_normalise(r->model) : RLRA_OK;
    return status == RLRA_OK ? EXIT_OK : run_fail(r, status, NULL);
}

static int factorise(const request *asked, int most_order)
{
    run r;
    run_begin(&r, asked);
    r.takes_sparse = 1;
    int code = run_prepare(&r, most_order);
    if (code == EXIT_OK)
        code = run_fit(&r);
    if (code == EXIT_OK)
        code = normalise(&r);
    if (code == EXIT_OK)
        code = run_write(&r);
    if (code == EXIT_OK)
        code = run_report(&r);
    run_end(&r);
    return code;
}

int command_nmf(const request *asked)
{
    return factorise(asked, 2);
}

int command_cp(const request *asked)
{
    return factorise(asked, RLRA_MAX_ORDER);
}
