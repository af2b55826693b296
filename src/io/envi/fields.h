/* io/envi/fields.h: the fields of an ENVI header about the numbers and the bands. */
#ifndef RLRA_IO_ENVI_FIELDS_H
#define RLRA_IO_ENVI_FIELDS_H

#include "io/calibration.h"
#include "io/envi/header.h"

/* How stored numbers are to be converted; *made is NULL if they are not, else freed by rlra_free(). Notes report what is
 * applied. */
rlra_status rlra_envi_calibrate(const input *header, const char *text, const envi_header *parsed, calibration **made);

/* Add a note on bands that are marked as bad. */
rlra_status rlra_envi_report_bad_bands(const input *header, const char *text, int64_t bands);

/* Keep every field as an attribute, wavelengths and names of bands or spectra as axis and labels; with the notes of both
 * functions above. */
rlra_status rlra_envi_keep(const input *header, const char *text, const envi_header *parsed, rlra_dataset *dataset);

#endif
