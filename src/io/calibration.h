/* io/calibration.h: convert stored numbers to the values that they represent: gains, offsets, and the value for missing data. */
#ifndef RLRA_IO_CALIBRATION_H
#define RLRA_IO_CALIBRATION_H

#include "core/check.h"
#include "core/context.h"
#include "io/scalar.h"

/* Entry e of a file is of band e / inner % bands, with the value (gain x stored + offset) / divisor. A single allocation. */
typedef struct calibration {
    int64_t bands, inner;
    const double *gains, *offsets; /* one for each band, or NULL */
    double divisor;
    int has_ignored;
    double ignored; /* the stored number for missing data, in the stored type */
} calibration;

/* The stored number for a decimal one in a header. */
double rlra_calibration_stored(scalar type, double value);

/* Like rlra_scalar_convert() for the entries from `first` on, with NaN for missing data, whose number is added to *missing. */
void rlra_calibration_convert(const calibration *c, scalar type, int64_t first, size_t count, void *from,
                              rlra_dtype dtype, void *to, int64_t *missing);

#endif
