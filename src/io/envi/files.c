/* io/envi/files.c: find the header of a data file of ENVI, and the data file of a header. */
#include "io/envi/files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define LISTED_BYTES 400

/* A name in its folder; `folder` has length 0 if the path has none. */
typedef struct place {
    const char *path, *name;
    int folder; /* bytes of the path before the name */
} place;

static place place_of(const char *path)
{
    const char *const slash = strrchr(path, '/'), *const name = slash == NULL ? path : slash + 1;
    return (place){path, name, (int)(name - path)};
}

static DIR *open_folder(const place *p)
{
    char folder[PATH_ROOM];
    if (p->folder >= PATH_ROOM)
        return NULL;
    snprintf(folder, sizeof folder, "%.*s", p->folder, p->path);
    return opendir(p->folder == 0 ? "." : folder);
}

/* The size of a regular file in the folder of `p`, and its path; -1 if it is not one. */
static int64_t size_beside(const place *p, const char *name, char found[PATH_ROOM])
{
    struct stat about;
    const int length = snprintf(found, PATH_ROOM, "%.*s%s", p->folder, p->path, name);
    return length < PATH_ROOM && stat(found, &about) == 0 && S_ISREG(about.st_mode) ? (int64_t)about.st_size : -1;
}

/* Length of a name before its ending. */
static size_t stem_length(const char *name)
{
    const char *const dot = strrchr(name, '.');
    return dot == NULL || dot == name ? strlen(name) : (size_t)(dot - name);
}

static int is_header_name(const char *name)
{
    return strcasecmp(name + stem_length(name), ".hdr") == 0;
}

static int is_word(const char *words, const char *word)
{
    const size_t length = strlen(word);
    for (const char *at = words; *at != '\0'; at += strcspn(at, " "), at += *at == ' ')
        if (strcspn(at, " ") == length && strncasecmp(at, word, length) == 0)
            return 1;
    return 0;
}

int rlra_envi_is_foreign(const char *path)
{
    static const char others[] =
        ".csv .tsv .txt .mtx .tns .npy .npz .mat .h5 .hdf5 .he5 .nc .xlsx .xls .ods .xml .json "
        ".html .md .log .prj .kml .gz .bz2 .xz .zip .tif .tiff .png .jpg .jpeg .pdf .py .pkl";
    const place p = place_of(path);
    return is_word(others, p.name + stem_length(p.name));
}

/* How well a name matches the header of `p`, 0 for not at all. The whole name counts more than the stem, and equal case more
 * than other case. */
static int header_rank(const place *p, const char *name)
{
    const size_t whole = strlen(p->name), stem = stem_length(p->name), own = stem_length(name);
    if (!is_header_name(name) || strcmp(name, p->name) == 0 || (own != whole && own != stem) ||
        strncasecmp(name, p->name, own) != 0)
        return 0;
    return 1 + 2 * (own == whole) + (strncmp(name, p->name, own) == 0);
}

int rlra_envi_find_header(const char *path, char found[PATH_ROOM])
{
    const place p = place_of(path);
    char trial[PATH_ROOM];
    int best = 0;
    DIR *const folder = open_folder(&p);
    if (folder == NULL)
        return -1;
    for (const struct dirent *d = readdir(folder); d != NULL; d = readdir(folder)) {
        const int rank = header_rank(&p, d->d_name);
        if (rank <= best || size_beside(&p, d->d_name, trial) < 0)
            continue;
        memcpy(found, trial, strlen(trial) + 1);
        best = rank;
    }
    closedir(folder);
    return best > 0;
}

/* Kinds of files next to a header, in order of likelihood. */
typedef enum likelihood { NOTHING, SHORTER, LONGER, OTHER_ENDING, OTHER_CASE, DATA } likelihood;

/* Whether a name is that of the data file of a header: its stem with one ending or none. */
static int has_stem(const place *header, const char *name)
{
    const size_t stem = stem_length(header->name);
    if (strncasecmp(name, header->name, stem) != 0 || is_header_name(name) || rlra_envi_is_foreign(name))
        return 0;
    const char *const ending = name + stem;
    return *ending == '\0' || (*ending == '.' && strchr(ending + 1, '.') == NULL);
}

static likelihood judge(const place *header, const char *name, int64_t size, int64_t announced)
{
    static const char endings[] = ".img .dat .raw .bin .cube .envi .sli .bsq .bil .bip";
    const size_t stem = stem_length(header->name);
    const int usual = name[stem] == '\0' || is_word(endings, name + stem);
    if (size != announced)
        return !usual || size < 0 ? NOTHING : size > announced ? LONGER : SHORTER;
    return !usual ? OTHER_ENDING : strncmp(name, header->name, stem) == 0 ? DATA : OTHER_CASE;
}

static rlra_status fail_several(const input *header, const envi_header *parsed, likelihood best, const char *listed)
{
    if (best < OTHER_ENDING)
        return rlra_fail(header->context, RLRA_ERR_FILE,
                         "'%s' announces %lld bytes, which none of the files beside it has: %s", header->path,
                         (long long)parsed->bytes, listed);
    return rlra_fail(header->context, RLRA_ERR_FILE,
                     "'%s' is the header of one file, but several beside it have the %lld bytes that it announces: %s; "
                     "name the one that is meant",
                     header->path, (long long)parsed->bytes, listed);
}

rlra_status rlra_envi_find_data(const input *header, const envi_header *parsed, char found[PATH_ROOM])
{
    const place p = place_of(header->path);
    char trial[PATH_ROOM], listed[LISTED_BYTES] = "";
    likelihood best = NOTHING;
    int count = 0;
    DIR *const folder = open_folder(&p);
    if (folder == NULL)
        return rlra_fail(header->context, RLRA_ERR_FILE, "cannot look for the data file of '%s' in its folder: %s",
                         header->path, strerror(errno));
    for (const struct dirent *d = readdir(folder); d != NULL; d = readdir(folder)) {
        if (!has_stem(&p, d->d_name))
            continue;
        const likelihood rank = judge(&p, d->d_name, size_beside(&p, d->d_name, trial), parsed->bytes);
        if (rank == NOTHING || rank < best)
            continue;
        count = rank == best ? count + 1 : 1;
        const size_t used = count > 1 ? strlen(listed) : 0;
        snprintf(listed + used, sizeof listed - used, "%s%s", count > 1 ? ", " : "", d->d_name);
        if (count == 1)
            memcpy(found, trial, strlen(trial) + 1);
        best = rank;
    }
    closedir(folder);
    if (count == 0)
        return rlra_fail(
            header->context, RLRA_ERR_FILE,
            "'%s' is an ENVI header, but no data file (.bsq, .bil, .bip, .img, .dat, .raw, ..) is beside it",
            header->path);
    return count == 1 ? RLRA_OK : fail_several(header, parsed, best, listed);
}

/* Whether bytes can be text: none of them is a character that does not occur in text. */
static int is_text(const input *in)
{
    for (size_t k = 0; k < in->head_bytes; k++)
        if (iscntrl(in->head[k]) && !isspace(in->head[k]))
            return 0;
    return 1;
}

/* Whether a file has the mark of a compressed file or a picture. */
static int has_mark(const input *in)
{
    static const struct {
        size_t bytes;
        const char *mark;
    } marks[] = {{2, "\x1f\x8b"},
                 {3, "BZh"},
                 {6, "\xfd"
                     "7zXZ"},
                 {4, "II*"},
                 {4, "MM\0*"},
                 {4, "\x89PNG"},
                 {3, "\xff\xd8\xff"},
                 {4, "PK\3\4"},
                 {5, "%PDF-"}};
    for (size_t k = 0; k < sizeof marks / sizeof marks[0]; k++)
        if (in->head_bytes >= marks[k].bytes && memcmp(in->head, marks[k].mark, marks[k].bytes) == 0)
            return 1;
    return 0;
}

int rlra_envi_claims(const input *in)
{
    return !is_text(in) && !has_mark(in);
}
