/* io/identify.h: what a file is that no reader knows, and what to do about it. */
#ifndef RLRA_IO_IDENTIFY_H
#define RLRA_IO_IDENTIFY_H

#include "io/input.h"

#define IDENTIFY_BYTES 300

/* A file of another program that has a mark, although it may look like text: "JSON: write the array as .npy or CSV"; or NULL. */
const char *rlra_identify_mark(const input *in);

/* What the first bytes are and what to do: "an Excel workbook: save the sheet as CSV"; for unknown ones, the bytes. `room` has
 * IDENTIFY_BYTES. */
const char *rlra_identify(const input *in, char *room);

#endif
