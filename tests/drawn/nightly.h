/* drawn/nightly.h: how many trials a test makes: RLRA_NIGHTLY=N asks for one part in N of its long form. */
#ifndef TESTS_DRAWN_NIGHTLY_H
#define TESTS_DRAWN_NIGHTLY_H

#include <stdlib.h>

static inline int is_nightly(void)
{
    return getenv("RLRA_NIGHTLY") != NULL;
}

static inline int trials_of(int usual, int nightly)
{
    const int part = is_nightly() ? atoi(getenv("RLRA_NIGHTLY")) : 0;
    return !is_nightly() ? usual : part > 1 ? 1 + (nightly - 1) / part : nightly;
}

#endif
