/* io/registry.c: the formats, in the order in which a file's content is held against them. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "io/format.h"

extern const format_ops rlra_format_npy, rlra_format_npz, rlra_format_mat, rlra_format_mat73, rlra_format_hdf5,
    rlra_format_envi, rlra_format_mtx, rlra_format_scipy, rlra_format_tns, rlra_format_csv;

/* Files of SciPy are .npz and mat73 files are HDF5 files with more to say, and comma separated values have no mark at all: they
 * come last. */
static const format_ops *const formats[] = {&rlra_format_npy,   &rlra_format_scipy, &rlra_format_npz,  &rlra_format_mat,
                                            &rlra_format_mat73, &rlra_format_hdf5,  &rlra_format_envi, &rlra_format_mtx,
                                            &rlra_format_tns,   &rlra_format_csv};

#define COUNT ((int)(sizeof formats / sizeof formats[0]))

const format_ops *rlra_format_at(int index)
{
    return index >= 0 && index < COUNT ? formats[index] : NULL;
}

const rlra_member *rlra_format_member_at(int index)
{
    return index >= 0 && index < COUNT ? &formats[index]->about : NULL;
}

rlra_status rlra_format_detect(const input *in, const format_ops **format)
{
    for (int k = 0; k < COUNT; k++)
        if (formats[k]->detect(in)) {
            *format = formats[k];
            return RLRA_OK;
        }
    char names[200];
    int used = 0;
    for (int k = 0; k < COUNT; k++)
        used += snprintf(names + used, sizeof names - (size_t)used, "%s%s", k == 0 ? "" : ", ", formats[k]->about.name);
    return rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s' has none of the known formats: %s", in->path, names);
}

/* Whether `ending` is a word of `endings`. */
static int has_ending(const char *endings, const char *ending)
{
    const size_t length = strlen(ending);
    for (const char *word = endings; *word != '\0'; word += strcspn(word, " "), word += *word == ' ')
        if (strcspn(word, " ") == length && strncasecmp(word, ending, length) == 0)
            return 1;
    return 0;
}

rlra_status rlra_format_of_ending(rlra_context *context, const char *path, const format_ops **format)
{
    const char *const slash = strrchr(path, '/'), *const name = slash == NULL ? path : slash + 1;
    const char *const ending = strrchr(name, '.');
    char known[200];
    int used = 0;
    for (int k = 0; k < COUNT; k++) {
        if (formats[k]->write == NULL)
            continue;
        if (ending != NULL && has_ending(formats[k]->endings, ending)) {
            *format = formats[k];
            return RLRA_OK;
        }
        used += snprintf(known + used, sizeof known - (size_t)used, " %s", formats[k]->endings);
    }
    return rlra_fail(context, RLRA_ERR_ARGUMENT, "cannot write '%s': expected a name that ends in one of%s", path,
                     known);
}
