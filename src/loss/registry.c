/* loss/registry.c: the registry of the losses, and the member for a value of beta. */
#include <math.h>
#include <string.h>

#include "loss/members.h"

#define MEMBER(name) &RLRA(loss_##name),
static const loss_ops *const members[] = {RLRA_LOSS_LIST(MEMBER)};

const loss_ops *RLRA(loss_at)(int index)
{
    const int count = sizeof members / sizeof members[0];
    return index >= 0 && index < count ? members[index] : NULL;
}

static loss_kind kind_of(double beta)
{
    if (beta == 2)
        return LOSS_FROBENIUS;
    if (beta == 1)
        return LOSS_KL;
    if (beta == 0)
        return LOSS_IS;
    return beta > 1 && beta < 2 ? LOSS_CONVEX : LOSS_OTHER;
}

posed_loss RLRA(loss_find)(const char *name, double beta)
{
    const loss_ops *open = NULL;
    double asked = beta;
    for (int index = 0; RLRA(loss_at)(index) != NULL; index++) {
        const loss_ops *const ops = RLRA(loss_at)(index);
        if (strcmp(ops->about.name, name) != 0)
            continue;
        open = ops;
        asked = isnan(ops->beta) ? beta : ops->beta;
    }
    for (int index = 0; open != NULL && RLRA(loss_at)(index) != NULL; index++)
        if (RLRA(loss_at)(index)->beta == asked)
            return (posed_loss){RLRA(loss_at)(index), asked, kind_of(asked), RLRA(kernels_best)()};
    return (posed_loss){open, asked, kind_of(asked), RLRA(kernels_best)()};
}

int RLRA(loss_takes)(const posed_loss *l, double y)
{
    if (!l->ops->needs_nonneg)
        return 1;
    return l->beta <= 0 ? y > 0 : y >= 0;
}
