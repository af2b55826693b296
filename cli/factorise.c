/* cli/factorise.c: `rlra nmf` and `rlra cp`: the same fit on a matrix and on an array of any order. */
#include "run.h"

static int factorise(const request *asked, int most_order)
{
    run r;
    int code = run_begin(&r, asked);
    if (code == EXIT_OK)
        code = run_read(&r, 2, most_order);
    if (code == EXIT_OK)
        code = run_pose(&r);
    if (code == EXIT_OK)
        code = run_start(&r);
    if (code == EXIT_OK)
        code = run_fit(&r);
    if (code == EXIT_OK)
        code = run_write(&r);
    if (code == EXIT_OK)
        run_tell(&r);
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
