/* api/registry.c: lists of all names, for people and programs. */
#include "rlra/registry.h"

#include <stddef.h>
#include <string.h>

#include "core/threads.h"
#include "data/kinds.h"
#include "form/form.h"
#include "io/format.h"
#include "loss/loss.h"
#include "penalty/penalty.h"
#include "solve/core.h"
#include "start/members.h"
#include "update/update.h"

static const rlra_member separable[] = {
    {"spa", "successive projection algorithm", "", "Araujo et al. 2001; Gillis & Vavasis 2014"},
    {"snpa", "successive nonnegative projection algorithm", "", "Gillis 2014"},
    {"rank_two", "the two ends of the segment of normalised columns; data >= 0, rank 2", "", "Gillis 2020"},
};

#define TABLE_AT(table)                                                                                                \
    static const rlra_member *table##_at(int index)                                                                    \
    {                                                                                                                  \
        return index < (int)(sizeof table / sizeof table[0]) ? &table[index] : NULL;                                   \
    }

TABLE_AT(separable)

static const rlra_member *start_at(int index)
{
    return rlra_f64_start_at(index) == NULL ? NULL : &rlra_f64_start_at(index)->about;
}

static const rlra_member *loss_at(int index)
{
    return rlra_f64_loss_at(index) == NULL ? NULL : &rlra_f64_loss_at(index)->about;
}

static const rlra_member *penalty_at(int index)
{
    return rlra_f64_penalty_at(index) == NULL ? NULL : &rlra_f64_penalty_at(index)->about;
}

static const rlra_member *update_at(int index)
{
    return rlra_f64_update_at(index) == NULL ? NULL : &rlra_f64_update_at(index)->about;
}

static const rlra_member *data_at(int index)
{
    return rlra_f64_data_at(index) == NULL ? NULL : &rlra_f64_data_at(index)->about;
}

static const rlra_member *form_at(int index)
{
    return rlra_f64_form_at(index) == NULL ? NULL : &rlra_f64_form_at(index)->about;
}

static const struct {
    const char *name;
    const rlra_member *(*at)(int index);
} families[] = {
    {"loss", loss_at}, {"penalty", penalty_at}, {"update", update_at},       {"init", start_at},
    {"data", data_at}, {"form", form_at},       {"separable", separable_at}, {"format", rlra_format_member_at},
};

const char *rlra_family_at(int index)
{
    return index >= 0 && index < (int)(sizeof families / sizeof families[0]) ? families[index].name : NULL;
}

const rlra_member *rlra_member_at(const char *family, int index)
{
    if (family == NULL)
        return NULL;
    for (size_t f = 0; index >= 0 && f < sizeof families / sizeof families[0]; f++)
        if (strcmp(families[f].name, family) == 0)
            return families[f].at(index);
    return NULL;
}

const rlra_build *rlra_build_info(void)
{
    static _Thread_local rlra_build build;
    build = (rlra_build){
        .version = RLRA_VERSION,
        .compiler = __VERSION__,
        .blas = "none: the skinny products are kernels of our own",
        .kernels = rlra_f64_core.kernels_name(),
        .precisions = "f32 f64",
        .features = "openmp zlib",
        .threads = rlra_threads(0),
    };
    return &build;
}
