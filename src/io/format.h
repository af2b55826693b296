/* io/format.h: one table of functions for each file format, seen by the rest only through the registry. */
#ifndef RLRA_IO_FORMAT_H
#define RLRA_IO_FORMAT_H

#include "io/calibration.h"
#include "io/dataset.h"
#include "io/input.h"
#include "io/output.h"
#include "rlra/io.h"
#include "rlra/registry.h"

/* Where the entries of an array lie in a file, side by side. */
#define PATH_ROOM 4096
typedef struct located {
    char path[PATH_ROOM]; /* of the file with the entries; that of the input if nothing else is said */
    shape shape;
    scalar type;
    int64_t offset;
    calibration *calibration; /* what entries mean, of rlra_alloc(); NULL: what they are */
} located;

typedef struct format_ops {
    rlra_member about;
    const char
        *endings; /* of the paths that are written in this format, for example ".h5 .hdf5"; "" when never written */
    const char
        *claims; /* endings that files of this format have: what is reported when the content is of another; or NULL */
    int in_text; /* whether files of those endings can be text */
    int many;    /* whether one file can hold several arrays */

    /* Whether the content is of this format; a header that lies is found out later. */
    int (*detect)(const input *in);

    /* Report each variable of the file. */
    rlra_status (*list)(const input *in, rlra_variable_callback callback, void *user);

    /* Read the variable that list() reported under this name. */
    rlra_status (*read)(const input *in, const char *name, rlra_read_dtype dtype, rlra_dataset **dataset);

    /* Where its entries lie; NULL when they never lie side by side. RLRA_ERR_UNSUPPORTED when these do not: says what to do. */
    rlra_status (*locate)(const input *in, const char *name, located *where);

    /* Read the variable of this name as lines of text; NULL when the format has no text. */
    rlra_status (*text)(const input *in, const char *name, char **text);

    /* The other file that is read with this one, in a buffer of PATH_ROOM; NULL when files of the format stand alone. */
    rlra_status (*beside)(const input *in, char *found);

    /* Write the arrays; the driver has checked them, opened the output and commits it afterwards. */
    rlra_status (*write)(output *out, int count, const rlra_named_array *arrays);
} format_ops;

/* Format `index` in the order of detection, or NULL beyond the last. */
const format_ops *rlra_format_at(int index);

/* What format `index` is called and can do, or NULL beyond the last: the family "format". */
const rlra_member *rlra_format_member_at(int index);

/* The format of an input by its content, or NULL with the reason as message. */
rlra_status rlra_format_detect(const input *in, const format_ops **format);

/* The format by the ending of a path that shall be written. */
rlra_status rlra_format_of_ending(rlra_context *context, const char *path, const format_ops **format);

#endif
