/* io/npy_header.h: the header of a .npy file, alone or as a member of a .npz.
 *
 * Format: numpy.lib.format, versions 1.0, 2.0 and 3.0. */
#ifndef RLRA_IO_NPY_HEADER_H
#define RLRA_IO_NPY_HEADER_H

#include "io/dataset.h"
#include "io/text.h"

typedef struct npy_header {
    shape shape;
    scalar type;     /* SCALAR_NONE if it is no supported number */
    int text_bytes;  /* bytes of one character of a text type (1 or 4), else 0 */
    int text_length; /* characters of one entry */
    int swap;
    char stored[32]; /* "float64", "text", or the descr as written */
    int order;       /* as stored: 0 for a scalar, where shape.order is 1 */
    int64_t bytes;   /* bytes of the header: entries begin here */
} npy_header;

#define NPY_MAGIC       "\x93NUMPY"
#define NPY_MAGIC_BYTES 6

/* Read a header from the beginning of a stream of `available` bytes. `label` is for messages. */
rlra_status rlra_npy_header_read(const input *in, const char *label, byte_source *source, int64_t available,
                                 npy_header *header);

/* Read the entries that follow the header. */
rlra_status rlra_npy_body_read(const input *in, const char *format, const char *name, const npy_header *header,
                               byte_source *source, int64_t available, rlra_read_dtype asked, rlra_dataset **dataset);

/* Read the text entries that follow the header, one line for each. */
rlra_status rlra_npy_text_read(const input *in, const char *name, const npy_header *header, byte_source *source,
                               int64_t available, char **string);

/* Report a variable with this header. */
void rlra_npy_report(const char *name, const npy_header *header, rlra_variable_callback callback, void *user);

/* Compose the header of a C-ordered array to write: at most NPY_HEADER_ROOM bytes, a multiple of 64. */
#define NPY_HEADER_ROOM 512
size_t rlra_npy_header_compose(const rlra_array *array, char *buffer);

#endif
