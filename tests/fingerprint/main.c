/* fingerprint/main.c: print digests of many small fits and regressions, or check that every way of running them gives the same.
 *
 * usage: fingerprint print [THIN]   one line for each case: name, factors, trace, report, stop reason, sweeps; or the refusal
 *        fingerprint check [THIN]   run one of THIN cases in every way that must give the same bits; exit code 1 if one does not
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fingerprint/cases.h"

typedef struct run {
    int checks, cases, refused, failures;
    char folder[64];
} run;

static const char *const way_names[WAYS] = {"plain", "2 threads", "resumed", "streamed"};

static fingerprint run_case(run *r, const fingerprint_case *c, way how)
{
    char path[200];
    if (strcmp(c->holes, "regression") == 0)
        return fingerprint_regression(c, how);
    const fingerprint came = fingerprint_fit(c, how, r->folder);
    static const char *const files[] = {"start-0.checkpoint", "start-0.previous", "lock", "x.npy"};
    for (size_t k = 0; k < sizeof files / sizeof files[0]; k++) {
        snprintf(path, sizeof path, "%s/%s", r->folder, files[k]);
        unlink(path);
    }
    return came;
}

static void print(const fingerprint_case *c, const char *note, const fingerprint *f)
{
    if (f->status == RLRA_OK)
        printf("%s%s %016llx %016llx %016llx %s %lld\n", c->name, note, (unsigned long long)f->factors,
               (unsigned long long)f->trace, (unsigned long long)f->report, f->stop, (long long)f->sweeps);
    else
        printf("%s%s refused: %s %016llx\n", c->name, note, rlra_status_text(f->status),
               (unsigned long long)f->message);
}

static int are_equal(const fingerprint *a, const fingerprint *b)
{
    if (a->status != b->status || a->status != RLRA_OK)
        return a->status == b->status && a->message == b->message;
    return a->factors == b->factors && a->trace == b->trace && a->report == b->report && a->sweeps == b->sweeps &&
           strcmp(a->stop, b->stop) == 0;
}

static void visit(void *user, const fingerprint_case *c)
{
    run *const r = user;
    const fingerprint plain = run_case(r, c, WAY_PLAIN);
    r->cases++;
    r->refused += plain.status != RLRA_OK;
    if (!r->checks) {
        print(c, "", &plain);
        return;
    }
    for (way how = WAY_PLAIN + 1; how < WAYS && plain.status == RLRA_OK; how++) {
        if (!fingerprint_has_way(c, how))
            continue;
        const fingerprint other = run_case(r, c, how);
        if (are_equal(&plain, &other) || (how == WAY_STREAMED && other.status == RLRA_ERR_UNSUPPORTED))
            continue;
        r->failures++;
        print(c, "", &plain);
        printf("  differs: %s\n", way_names[how]);
        print(c, "", &other);
    }
}

int main(int count, char **words)
{
    run r = {.checks = count > 1 && strcmp(words[1], "check") == 0, .folder = "/tmp/fingerprint-XXXXXX"};
    const int thin = count > 2 ? atoi(words[2]) : 1;
    if (count < 2 || thin < 1 || (!r.checks && strcmp(words[1], "print") != 0) || mkdtemp(r.folder) == NULL) {
        fprintf(stderr, "usage: fingerprint print|check [THIN]\n");
        return 2;
    }
    fingerprint_fits(thin, visit, &r);
    fingerprint_regressions(thin, visit, &r);
    rmdir(r.folder);
    fprintf(stderr, "%d cases, %d refused, %d failures\n", r.cases, r.refused, r.failures);
    return r.failures > 0;
}
