/* update/registry.c: the rules of this family. */
#include <string.h>

#include "update/members.h"

static const update_ops *const members[] = {
    &RLRA(update_hals), &RLRA(update_mu), &RLRA(update_ls), &RLRA(update_fista), &RLRA(update_active_set),
};

const update_ops *RLRA(update_at)(int index)
{
    const int count = sizeof members / sizeof members[0];
    return index >= 0 && index < count ? members[index] : NULL;
}

const update_ops *RLRA(update_find)(const char *name)
{
    for (int index = 0; RLRA(update_at)(index) != NULL; index++)
        if (strcmp(RLRA(update_at)(index)->about.name, name) == 0)
            return RLRA(update_at)(index);
    return NULL;
}
