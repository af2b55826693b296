/* engine/entries/pose.c: requirements of losses without a Gram matrix, and how rows are grouped. */
#include <inttypes.h>

#include "engine/fit.h"

/* Rules minimise loss + penalties, so those of weight * loss + penalties are divided by the weight. */
static void weigh_penalties(fit *f)
{
    for (int n = 0; n < f->factors; n++) {
        penalty_list *const list = &f->entries.penalties[n];
        *list = f->penalties[n];
        for (int p = 0; p < list->count; p++)
            list->item[p].weight /= list->item[p].ops->degree > 0 ? f->term[0].weight : 1;
    }
}

/* Only slopes of kl are folded back from rows of the data, and its steps need positive models. */
static rlra_status check_forms(const fit *f)
{
    if (f->loss.kind != LOSS_KL)
        return RLRA(engine_refuse_forms)(f, "other losses");
    if (f->partial.data != NULL)
        return RLRA(engine_refuse_forms)(f, "data with missing, held-out or weighted entries");
    for (int m = 0; m < f->term[0].form.order; m++) {
        const rlra_array *const map = &f->problem->term[0].map[m];
        for (int64_t i = 0; map->data != NULL && i < map->dims[0]; i++)
            for (int64_t k = 0; k < map->dims[1]; k++) {
                const double entry = rlra_array_get(map, (const int64_t[]){i, k});
                if (entry < 0)
                    return rlra_fail(f->context, RLRA_ERR_DATA,
                                     "the loss 'kl' needs maps >= 0, but that of mode %d holds %g at [%" PRId64
                                     ", %" PRId64 "]: use the loss 'frobenius'",
                                     m, entry, i, k);
            }
    }
    return RLRA_OK;
}

rlra_status RLRA(entries_pose)(fit *f)
{
    const char *const name = f->loss.ops->about.name;
    const data *const x = f->term[0].x;
    const rlra_status suits = check_forms(f);
    if (suits != RLRA_OK)
        return suits;
    if (f->terms != 1 || x->order + f->term[0].form.ops->cores != f->factors)
        return rlra_fail(
            f->context, RLRA_ERR_UNSUPPORTED,
            "the loss '%s' takes problems of one term, got %d: of several the rows of a shared factor would "
            "have entries in several arrays; use the loss 'frobenius'",
            name, f->terms);
    if (x->ops->rows == NULL)
        return rlra_fail(f->context, RLRA_ERR_UNSUPPORTED,
                         "the loss '%s' needs each entry of the data, and these, of the kind '%s', are known by their "
                         "products only: use the loss 'frobenius'",
                         name, x->ops->about.name);
    if (f->partial.data != NULL && f->partial.data->is_uneven && f->loss.beta == 0)
        return rlra_fail(f->context, RLRA_ERR_UNSUPPORTED,
                         "the loss '%s' takes weights of 0 and 1 only, as it does not see the scale of an entry: use a "
                         "mask (`mask`), or another loss",
                         name);
    const rlra_status status = RLRA(engine_refuse_coupled_rows)(
        f, "losses other than 'frobenius' are fitted row by row: use 'frobenius', or leave out the penalty");
    if (status != RLRA_OK)
        return status;
    for (int n = 0; n < f->factors; n++)
        if (!RLRA(penalties_nonneg)(&f->penalties[n]))
            return rlra_fail(
                f->context, RLRA_ERR_UNSUPPORTED,
                "the loss '%s' needs the penalty 'nonneg' on factor %d: add it, or use the loss 'frobenius'", name, n);
    if (!RLRA(loss_takes)(&f->loss, x->least))
        return rlra_fail(f->context, RLRA_ERR_DATA, "the loss '%s' needs data %s 0, but the smallest entry is %g%s",
                         name, f->loss.beta <= 0 ? ">" : ">=", x->least,
                         x->least == 0 && !x->is_sparse ? ": raise the zeros to a small number (`floor`)" : "");
    if (x->is_sparse && f->partial.data == NULL && f->loss.kind != LOSS_KL)
        return rlra_fail(f->context, RLRA_ERR_UNSUPPORTED,
                         "the loss '%s' sees every zero, and the data are sparse: use 'kl' or 'frobenius'", name);
    weigh_penalties(f);
    double whole = f->loss.kind == LOSS_KL ? x->sum : x->places;
    if (f->partial.data != NULL && f->loss.kind != LOSS_KL)
        whole = f->partial.data->summary.count;
    f->whole = f->reference = whole * f->term[0].weight;
    return RLRA_OK;
}
