/* io/envi/fields.h: what the fields of an ENVI header say about the numbers and the bands. */
#ifndef RLRA_IO_ENVI_FIELDS_H
#define RLRA_IO_ENVI_FIELDS_H

#include "io/calibration.h"
#include "io/envi/header.h"

/* How stored numbers are to be converted; *made is NULL where they mean what they are, else it is freed by rlra_free(). Notes
 * report what is applied. */
rlra_status rlra_envi_calibrate(const input *header, const char *text, const envi_header *parsed, calibration **made);

/* Note which bands are marked as bad. */
rlra_status rlra_envi_report_bad_bands(const input *header, const char *text, int64_t bands);

/* Keep every field as an attribute, wavelengths and names of bands or spectra as axis and labels; notes as of both above. */
rlra_status rlra_envi_keep(const input *header, const char *text, const envi_header *parsed, rlra_dataset *dataset);

#endif
