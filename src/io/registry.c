/* io/registry.c: the formats, in the order in which the content of a file is compared with them. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "io/format.h"
#include "io/identify.h"

extern const format_ops rlra_format_npy, rlra_format_scipy, rlra_format_npz, rlra_format_mat, rlra_format_mat73,
    rlra_format_hdf5, rlra_format_octave, rlra_format_toolbox, rlra_format_mtx, rlra_format_tns, rlra_format_mat4,
    rlra_format_envi, rlra_format_csv;

/* Sparse files of SciPy are .npz and mat73 files are special HDF5 files; the data of ENVI are known by their header file, and
 * comma separated values have no mark at all: they come last. */
static const format_ops *const formats[] = {
    &rlra_format_npy,  &rlra_format_scipy,  &rlra_format_npz,     &rlra_format_mat, &rlra_format_mat73,
    &rlra_format_hdf5, &rlra_format_octave, &rlra_format_toolbox, &rlra_format_mtx, &rlra_format_tns,
    &rlra_format_mat4, &rlra_format_envi,   &rlra_format_csv};

#define COUNT ((int)(sizeof formats / sizeof formats[0]))

const format_ops *rlra_format_at(int index)
{
    return index >= 0 && index < COUNT ? formats[index] : NULL;
}

const rlra_member *rlra_format_member_at(int index)
{
    return index >= 0 && index < COUNT ? &formats[index]->about : NULL;
}

/* Whether the name of the file has an ending of a list. */
static int is_claimed(const input *in, const char *endings)
{
    char word[16];
    for (const char *at = endings; at != NULL && *at != '\0'; at += *at == ' ') {
        const size_t length = strcspn(at, " ");
        snprintf(word, sizeof word, "%.*s", (int)length, at);
        if (rlra_input_ends(in, word))
            return 1;
        at += length;
    }
    return 0;
}

/* Report an ending that contradicts the content, which decides; refuse text with the ending of a binary format. */
static rlra_status report_ending(const input *in, const format_ops *found)
{
    const format_ops *other = NULL;
    int in_text = 0;
    for (int k = 0; k < COUNT; k++) {
        if (!is_claimed(in, formats[k]->claims))
            continue;
        if (formats[k] == found)
            return RLRA_OK;
        other = other == NULL ? formats[k] : other;
        in_text |= formats[k]->in_text;
    }
    if (other == NULL)
        return RLRA_OK;
    if (found == formats[COUNT - 1] && rlra_input_ends(in, "hdr"))
        return rlra_fail(in->context, RLRA_ERR_FORMAT,
                         "'%s' does not begin with the line 'ENVI', as a header of ENVI does, and is no table, as its "
                         "name says",
                         in->path);
    if (found == formats[COUNT - 1] && !in_text)
        return rlra_fail(in->context, RLRA_ERR_FORMAT,
                         "'%s' is text, although its name ends as those of %s; a table in text is .csv, .tsv or .txt",
                         in->path, other->about.name);
    return rlra_input_note(in, "it is read as %s, which its content is, although its name ends as those of %s",
                           found->about.name, other->about.name);
}

rlra_status rlra_format_detect(const input *in, const format_ops **format)
{
    char names[200], room[IDENTIFY_BYTES];
    int used = 0;
    for (int k = 0; k < COUNT; k++) {
        /* The last format would take any text as a table. */
        if (k == COUNT - 1 && rlra_identify_mark(in) != NULL)
            break;
        if (formats[k]->detect(in)) {
            *format = formats[k];
            return report_ending(in, *format);
        }
    }
    for (int k = 0; k < COUNT; k++)
        used += snprintf(names + used, sizeof names - (size_t)used, "%s%s", k == 0 ? "" : ", ", formats[k]->about.name);
    return rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s' is %s (it has none of the known formats: %s)", in->path,
                     rlra_identify(in, room), names);
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
