/* cli/topics.c: `rlra topics`: topics of counts of words in documents. */
#include "topics.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define TOP_STANDARD 10
#define TOP_MOST     1000

static int settle(topics *t)
{
    const request *const asked = t->run.asked;
    const double top = asked->top < 0 ? TOP_STANDARD : asked->top;
    t->relevance = asked->relevance < 0 ? 1 : asked->relevance;
    t->top = (int64_t)top;
    if (!(top >= 1 && top <= TOP_MOST) || top != floor(top))
        return usage_error(asked->about, "--top must be a whole number from 1 to %d, got %g", TOP_MOST, top);
    if (t->relevance > 1)
        return usage_error(asked->about, "--relevance must lie in [0, 1], got %g", t->relevance);
    return EXIT_OK;
}

/* Rows of no counts say nothing, whatever the fit has left of its start in them. */
static int normalise(topics *t)
{
    run *const r = &t->run;
    rlra_status status = rlra_topics_clear(r->context, &t->corpus.counts, r->model, NULL, NULL);
    if (status == RLRA_OK)
        status = rlra_topics_normalise(r->context, r->model);
    return status == RLRA_OK ? EXIT_OK : run_fail(r, status, NULL);
}

static int study(topics *t)
{
    const run *const r = &t->run;
    const int64_t documents = t->corpus.counts.dims[0];
    t->rank = rlra_model_rank(r->model);
    t->ranked = cli_alloc((size_t)(t->rank * t->top), sizeof *t->ranked);
    t->quality = cli_alloc((size_t)t->rank, sizeof *t->quality);
    t->shares = cli_alloc((size_t)documents * (size_t)t->rank, sizeof *t->shares);
    rlra_status status = rlra_topics_rank(r->context, r->model, t->relevance, t->top, t->ranked);
    if (status == RLRA_OK)
        status = rlra_topics_quality(r->context, &t->corpus.counts, r->model, t->top, t->ranked, t->quality);
    if (status == RLRA_OK)
        status = rlra_topics_shares(r->context, r->model, t->shares);
    if (status == RLRA_OK)
        status = rlra_topics_perplexity(r->context, &t->corpus.counts, r->model, &t->perplexity);
    return status == RLRA_OK ? EXIT_OK : run_fail(r, status, NULL);
}

static int work(topics *t)
{
    run *const r = &t->run;
    r->takes_sparse = 1;
    int code = settle(t);
    if (code == EXIT_OK)
        code = run_read(r, 2, 2);
    if (code == EXIT_OK)
        code = corpus_open(r, &t->corpus);
    if (code == EXIT_OK)
        code = run_pose(r);
    if (code == EXIT_OK)
        code = run_constrain(r);
    if (code == EXIT_OK)
        code = run_start(r);
    if (code == EXIT_OK)
        code = run_fit(r);
    if (code == EXIT_OK)
        code = normalise(t);
    if (code == EXIT_OK)
        code = study(t);
    if (code != EXIT_OK)
        return code;
    topics_show(t);
    /* run.json, written last, says that the folder is complete. */
    code = topics_write(t);
    if (code == EXIT_OK)
        code = run_write(r);
    return code == EXIT_OK ? topics_report(t) : code;
}

int command_topics(const request *asked)
{
    topics t = {0};
    run_begin(&t.run, asked);
    const int code = work(&t);
    topics_show_clear(&t);
    free(t.ranked);
    free(t.quality);
    free(t.shares);
    run_end(&t.run);
    corpus_clear(&t.corpus);
    return code;
}
