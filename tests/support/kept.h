/* support/kept.h: small fits whose checkpoints go to a folder of their own. */
#ifndef TESTS_SUPPORT_KEPT_H
#define TESTS_SUPPORT_KEPT_H

#include "support/fitting.h"
#include "support/folder.h"
#include "support/meter.h"

static const int64_t kept_shape[] = {19, 13};

/* A fit with a folder, and what was warned of. */
typedef struct kept {
    meter m;
    fitting f;
    planted p;
    folder home;
    rlra_checkpoint checkpoint;
    rlra_checkpoint_report outcome;
    char path[256], previous[256], warned[2048];
    int warnings;
} kept;

static inline void note_warning(void *user, const char *sentence)
{
    kept *const k = user;
    k->warnings++;
    snprintf(k->warned, sizeof k->warned, "%s", sentence);
}

static inline void pose(kept *k, const rlra_array *array, ptrdiff_t rank, const char *prior)
{
    k->f = (fitting){.context = metered_context(&k->m), .options = rlra_options_default()};
    MUST(&k->f, rlra_problem_create(k->f.context, &k->f.problem));
    MUST(&k->f, rlra_model_create(k->f.context, REAL_DTYPE, array->order, array->dims, rank, &k->f.model));
    MUST(&k->f, rlra_problem_add_dense(k->f.problem, array, 1, NULL));
    for (int n = 0; n < array->order; n++)
        MUST(&k->f, rlra_problem_add_prior(k->f.problem, n, prior));
    k->f.options.max_sweeps = 6;
    k->f.options.tolerance = 0;
    k->f.options.decrease = 0;
}

static inline void open_kept(kept *k)
{
    k->p = plant(3, 2, kept_shape, 3, 0.3, 0.1);
    k->home = make_folder();
    k->warnings = 0;
    pose(k, &k->p.data.array, 3, "nonneg");
    k->checkpoint = (rlra_checkpoint){.folder = k->home.name, .warn = note_warning, .user = k};
    path_in(k->home.name, "start-0.checkpoint", k->path, sizeof k->path);
    path_in(k->home.name, "start-0.previous", k->previous, sizeof k->previous);
}

static inline rlra_status run(kept *k)
{
    return rlra_fit_checkpointed(k->f.problem, &k->f.options, &k->checkpoint, k->f.model, &k->f.report, &k->outcome);
}

static inline void close_kept(kept *k)
{
    free_fitting(&k->f);
    assert_int_equal(k->m.alive, 0);
    remove_folder(k->home.name);
    free_planted(&k->p);
}

/* A fit that is ready to resume after six sweeps, for nine. */
static inline void open_resumable(kept *k)
{
    open_kept(k);
    MUST(&k->f, run(k));
    k->checkpoint.resume = 1;
    k->f.options.max_sweeps = 9;
}

/* The same fit on something else. */
static inline void pose_again(kept *k, const rlra_array *array, ptrdiff_t rank, const char *prior)
{
    free_fitting(&k->f);
    assert_int_equal(k->m.alive, 0);
    pose(k, array, rank, prior);
}

/* A refusal that names what differs. */
static inline void expect_other(kept *k, const char *part)
{
    expect(k->f.context, run(k), RLRA_ERR_ARGUMENT, "is of another fit");
    expect(k->f.context, RLRA_ERR_ARGUMENT, RLRA_ERR_ARGUMENT, part);
}

#endif
