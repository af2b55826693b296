/* io/hdf5/file.h: what the formats inside HDF5 files share: opening, classifying and reading data sets. */
#ifndef RLRA_IO_HDF5_FILE_H
#define RLRA_IO_HDF5_FILE_H

#include <hdf5.h>

#include "io/format.h"
#include "io/text.h"

/* A session with the library: it is not thread-safe, so one at a time, and it prints errors unless told otherwise. */
typedef struct hdf5_session {
    H5E_auto2_t printer;
    void *printer_data;
} hdf5_session;

hdf5_session rlra_hdf5_begin(void);
/* `status` tells how it went: after a damaged file the library stays silent, since it may have lost parts of itself, about
 * which it would complain on stderr when the program ends. */
void rlra_hdf5_end(const hdf5_session *session, rlra_status status);

/* What a data set holds. */
typedef struct hdf5_about {
    shape shape;
    int order;   /* as stored: 0 for a scalar */
    scalar type; /* NONE when it is no real number we can read */
    int is_enum; /* NumPy's bool: an enum over int8 */
    H5T_class_t class;
    char stored[32];
} hdf5_about;

/* Whether the content is HDF5: its mark stands at 0, 512, 1024, .. */
int rlra_hdf5_detect(const input *in);

rlra_status rlra_hdf5_open(const input *in, hid_t *file);

/* Open an object by its path, through hard links alone: soft and external ones may lead out of the file. Negative where there is
 * none. */
hid_t rlra_hdf5_open_object(hid_t from, const char *path);

/* Close a data set or group and its file; either may be invalid. */
void rlra_hdf5_close(hid_t file, hid_t set);

rlra_status rlra_hdf5_about(const input *in, const char *name, hid_t set, hdf5_about *about);

/* Give the modes in the other order, for programs whose first mode is the fastest in memory. */
void rlra_hdf5_reverse(hdf5_about *about);

/* Read all entries of an open data set; `s` is the shape to give the array, its memory in the order of the file. */
rlra_status rlra_hdf5_read(const input *in, const char *format, const char *name, hid_t set, const hdf5_about *about,
                           const shape *s, rlra_read_dtype asked, rlra_dataset **dataset);

/* Where the entries of an open data set lie; RLRA_ERR_UNSUPPORTED where they do not lie side by side as they are. */
rlra_status rlra_hdf5_locate(const input *in, const char *name, hid_t set, const hdf5_about *about, located *where);

/* Append the strings of an open data set of strings, one line for each. */
rlra_status rlra_hdf5_add_strings(const input *in, const char *name, hid_t set, const hdf5_about *about,
                                  text_buffer *lines);

/* Check that the file can hold what a data set announces: it may be compressed, or never written and all zeros. */
rlra_status rlra_hdf5_check(const input *in, const char *name, hid_t set, const hdf5_about *about, size_t entry_bytes,
                            int64_t *count);

#endif
