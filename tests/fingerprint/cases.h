/* fingerprint/cases.h: what is fitted: every combination has a name, and its name decides whether it is in the sample. */
#ifndef TESTS_FINGERPRINT_CASES_H
#define TESTS_FINGERPRINT_CASES_H

#include <stdint.h>

#include "rlra/rlra.h"

/* How a case is run; all ways but the first must give the bits of the first. */
typedef enum way { WAY_PLAIN, WAY_THREADS, WAY_RESUMED, WAY_STREAMED, WAYS } way;

/* One fit or regression; strings are static. */
typedef struct fingerprint_case {
    const char *storage, *holes, *loss, *update, *prior, *init, *pass, *extra;
    rlra_dtype dtype;
    char name[160];
    uint64_t hash; /* of the name */
} fingerprint_case;

/* What came of it. */
typedef struct fingerprint {
    rlra_status status;
    uint64_t factors, trace, report, message;
    const char *stop;
    int64_t sweeps;
} fingerprint;

typedef void (*case_callback)(void *user, const fingerprint_case *c);

/* Call `each` for about one of `thin` cases of the whole sample (1: all of them). */
void fingerprint_fits(int thin, case_callback each, void *user);
void fingerprint_regressions(int thin, case_callback each, void *user);

/* Run a case; `folder` is for checkpoints and streams. */
fingerprint fingerprint_fit(const fingerprint_case *c, way how, const char *folder);
fingerprint fingerprint_regression(const fingerprint_case *c, way how);

/* Whether a case can be run in this way at all. */
int fingerprint_has_way(const fingerprint_case *c, way how);

#endif
