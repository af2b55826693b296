/* io/calibration.h: from stored numbers to what they mean: gains, offsets, and the value that stands for no data. */
#ifndef RLRA_IO_CALIBRATION_H
#define RLRA_IO_CALIBRATION_H

#include "core/check.h"
#include "core/context.h"
#include "io/scalar.h"

/* Entry e of a file is of band e / inner % bands, and means (gain x stored + offset) / divisor; made with one allocation. */
typedef struct calibration {
    int64_t bands, inner;
    const double *gains, *offsets; /* one for each band, or NULL */
    double divisor;
    int has_ignored;
    double ignored; /* the stored number that stands for no data, as the stored type has it */
} calibration;

/* The stored number that a decimal one in a header means. */
double rlra_calibration_stored(scalar type, double value);

/* rlra_scalar_convert() of the entries from `first` on: NaN for those without data, which are added to *missing. */
void rlra_calibration_convert(const calibration *c, scalar type, int64_t first, size_t count, void *from,
                              rlra_dtype dtype, void *to, int64_t *missing);

#endif
