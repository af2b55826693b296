/* io/envi/files.h: which header and which data file of ENVI belong together. */
#ifndef RLRA_IO_ENVI_FILES_H
#define RLRA_IO_ENVI_FILES_H

#include "io/envi/header.h"
#include "io/format.h"

/* The header of a data file: "scene.img.hdr" or "scene.hdr" of "scene.img", endings in any case. 0 if there is none, -1 if that
 * cannot be found out (errno has the reason). */
int rlra_envi_find_header(const char *path, char found[PATH_ROOM]);

/* The data file of a header: the one with its stem and the stated size. */
rlra_status rlra_envi_find_data(const input *header, const envi_header *parsed, char found[PATH_ROOM]);

/* Whether a file with a header, but without the stated size, can be nothing else than its data. */
int rlra_envi_claims(const input *in);

/* Whether the name of a file is that of another format. */
int rlra_envi_is_foreign(const char *path);

#endif
