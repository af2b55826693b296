/* api/verdict.c: what a user should know of a fit beyond its numbers. */
#include "core/print.h"
#include "rlra/fit.h"

/* From here on factors that fit as well are too different to be read. */
#define MUCH_SLACK 0.2

void rlra_verdict(const rlra_report *report, char *text, size_t size)
{
    if (text == NULL || size == 0)
        return;
    text[0] = '\0';
    if (report != NULL && report->slack > MUCH_SLACK && report->stop != RLRA_STOP_EXACT)
        rlra_print(
            text, size,
            "conditioning limits the factors: others that differ by up to %.0f %% fit within 0.1 %% (condition %.2g); "
            "fewer components, a penalty or known factors would settle them",
            100 * report->slack, report->condition);
}
