/* api/stream.c: pose problems with an array that stays in its file. */
#include "io/stream.h"
#include "core/check.h"
#include "core/threads.h"

#include "api/terms.h"
#include "solve/core.h"

/* Memory for the scan of the entries; more does not help. */
#define SCAN_BYTES (16 << 20)

/* As for an array in memory: fail with position and value of the first entry that is no number. */
static rlra_status check_scan(const rlra_problem *problem, const rlra_array *array, entry_source *source,
                              const dense_scan *scan)
{
    union {
        float f32;
        double f64;
    } value = {.f64 = 0};
    int64_t place = scan->first_bad, offset = 0;
    rlra_array everywhere = *array;
    everywhere.data = &value;
    for (int m = array->order - 1; m >= 0; m--) {
        offset += place % array->dims[m] * array->strides[m];
        place /= array->dims[m];
        everywhere.strides[m] = 0;
    }
    const rlra_status status = scan->bad > 0 ? source->read(source, 0, offset, 1, &value) : RLRA_OK;
    return status == RLRA_OK ? rlra_term_check_scan(problem, &everywhere, scan) : status;
}

rlra_status rlra_problem_add_stream(rlra_problem *problem, rlra_stream *stream, int64_t memory, double weight,
                                    const int *factors)
{
    if (!(problem != NULL && stream != NULL))
        return rlra_fail(problem == NULL ? NULL : problem->context, RLRA_ERR_ARGUMENT,
                         "a term needs a problem and a stream, got NULL");
    rlra_status status = RLRA_OK;
    rlra_context *const context = problem->context;
    const rlra_array *const array = rlra_stream_array(stream);
    entry_source *const source = rlra_stream_source(stream);
    const core_ops *const core = rlra_core_of(array->dtype);
    dense_scan scan;
    factors = rlra_term_factors(factors);
    REQUIRE(problem->terms == 0,
            rlra_fail(context, RLRA_ERR_UNSUPPORTED, "data that are read from their file must be the only term"));
    REQUIRE(memory > 0, rlra_fail(context, RLRA_ERR_ARGUMENT, "the memory of a fit must be positive"));
    TRY(rlra_term_check(problem, array, weight, factors));
    TRY(core->scan_stored(context, array, source, memory < SCAN_BYTES ? (double)memory : SCAN_BYTES,
                          rlra_team(rlra_threads(0)), &scan));
    TRY(check_scan(problem, array, source, &scan));
    problem_term *const term = rlra_term_add(problem, array, NULL, &scan, weight, factors);
    term->source = source;
    term->memory = (double)memory;
cleanup:
    return status;
}
