/* io/format.h: one table of functions for each file format, used only through the registry. */
#ifndef RLRA_IO_FORMAT_H
#define RLRA_IO_FORMAT_H

#include "io/calibration.h"
#include "io/dataset.h"
#include "io/input.h"
#include "io/output.h"
#include "rlra/io.h"
#include "rlra/registry.h"

/* The position of contiguous entries of an array in a file. */
#define PATH_ROOM 4096
typedef struct located {
    char path[PATH_ROOM]; /* the file with the entries; by default that of the input */
    shape shape;
    scalar type;
    int64_t offset;
    calibration *calibration; /* calibration of the entries, from rlra_alloc(); NULL: none */
} located;

typedef struct format_ops {
    rlra_member about;
    const char *endings; /* endings of paths to write in this format, for example ".h5 .hdf5"; "" if never written */
    const char *claims;  /* endings of files of this format, reported if the content is of another; or NULL */
    int in_text;         /* files with these endings can be text */
    int many;            /* a file can have several arrays */

    /* Whether the content is of this format; errors in headers are found later. */
    int (*detect)(const input *in);

    /* Report each variable of the file. */
    rlra_status (*list)(const input *in, rlra_variable_callback callback, void *user);

    /* Read the variable that list() reported under this name. */
    rlra_status (*read)(const input *in, const char *name, rlra_read_dtype dtype, rlra_dataset **dataset);

    /* Find its entries; NULL if they are never contiguous in this format. RLRA_ERR_UNSUPPORTED, with the remedy, if these are
     * not. */
    rlra_status (*locate)(const input *in, const char *name, located *where);

    /* Read the variable of this name as lines of text; NULL if the format has no text. */
    rlra_status (*text)(const input *in, const char *name, char **text);

    /* The companion file that is read with this one, in a buffer of PATH_ROOM; NULL if the format has none. */
    rlra_status (*beside)(const input *in, char *found);

    /* Write the arrays; the driver has checked them, opened the output and commits it afterwards. */
    rlra_status (*write)(output *out, int count, const rlra_named_array *arrays);
} format_ops;

/* Format `index` in the order of detection, or NULL past the last. */
const format_ops *rlra_format_at(int index);

/* Name and properties of format `index`, a member of the family "format"; NULL past the last. */
const rlra_member *rlra_format_member_at(int index);

/* The format of an input by its content, or NULL with the reason as message. */
rlra_status rlra_format_detect(const input *in, const format_ops **format);

/* The format for the ending of a path to be written. */
rlra_status rlra_format_of_ending(rlra_context *context, const char *path, const format_ops **format);

#endif
