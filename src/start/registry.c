/* start/registry.c: the registry of the starts. */
#include <string.h>

#include "start/members.h"

#define MEMBER(name) &RLRA(start_##name),
static const start_ops *const members[] = {RLRA_START_LIST(MEMBER)};

const start_ops *RLRA(start_at)(int index)
{
    const int count = sizeof members / sizeof members[0];
    return index >= 0 && index < count ? members[index] : NULL;
}

const start_ops *RLRA(start_find)(const char *name)
{
    for (int index = 0; RLRA(start_at)(index) != NULL; index++)
        if (strcmp(RLRA(start_at)(index)->about.name, name) == 0)
            return RLRA(start_at)(index);
    return NULL;
}
