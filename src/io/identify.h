/* io/identify.h: identify files that no reader knows, with the remedy. */
#ifndef RLRA_IO_IDENTIFY_H
#define RLRA_IO_IDENTIFY_H

#include "io/input.h"

#define IDENTIFY_BYTES 300

/* The kind of a marked file of another program that may otherwise pass as text, with the remedy: "JSON: write the array as .npy
 * or CSV"; or NULL. */
const char *rlra_identify_mark(const input *in);

/* The kind of a file by its first bytes, with the remedy: "an Excel workbook: save the sheet as CSV"; for unknown files, the
 * bytes. `room` has IDENTIFY_BYTES bytes. */
const char *rlra_identify(const input *in, char *room);

#endif
