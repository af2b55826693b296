/* io/npz/npz.h: shared by the format .npz and that of sparse arrays in such archives. */
#ifndef RLRA_IO_NPZ_H
#define RLRA_IO_NPZ_H

#include "io/npz/member.h"

/* Report the arrays of an open archive; parts of sparse arrays only if `parts`. */
rlra_status rlra_npz_report(const input *in, npz_archive *archive, int parts, rlra_variable_callback callback,
                            void *user);

/* Read the member with this name, as an array or as lines. */
rlra_status rlra_npz_read(const input *in, const char *name, rlra_read_dtype dtype, rlra_dataset **dataset);
rlra_status rlra_npz_text(const input *in, const char *name, char **text);

#endif
