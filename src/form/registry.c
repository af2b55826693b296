/* form/registry.c: the registry of the forms. */
#include "form/form.h"
#include "form/list.h"

#define DECLARE(name) extern const form_ops RLRA(form_##name);
RLRA_FORM_LIST(DECLARE)

#define MEMBER(name) &RLRA(form_##name),
static const form_ops *const members[] = {RLRA_FORM_LIST(MEMBER)};

const form_ops *RLRA(form_at)(int index)
{
    const int count = sizeof members / sizeof members[0];
    return index >= 0 && index < count ? members[index] : NULL;
}
