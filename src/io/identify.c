/* io/identify.c: identify files of other programs by their first bytes, with advice on how to get their data. */
#include "io/identify.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "io/npz/member.h"

#define IMAGE  ": convert it to .npy or ENVI first"
#define UNPACK ": unpack it first"
#define TABLE  ": write the table as CSV"
#define R_SAYS ": in R, save matrices by write.csv() or, sparse ones, by Matrix::writeMM()"

/* Bytes at a position; `bytes` has `length` bytes, possibly zeros. */
typedef struct mark {
    size_t at, length;
    const char *bytes, *is;
} mark;

#define MARK(at, bytes, is)                                                                                            \
    {                                                                                                                  \
        at, sizeof bytes - 1, bytes, is                                                                                \
    }

static const mark marks[] = {
    MARK(0, "\x1f\x8b", "packed by gzip more than once, or damaged" UNPACK),
    MARK(0, "BZh", "packed by bzip2" UNPACK),
    MARK(0, "\3757zXZ", "packed by xz" UNPACK),
    MARK(0, "\x28\xb5\x2f\xfd", "packed by zstd" UNPACK),
    MARK(0, "\x04\x22\x4d\x18", "packed by lz4" UNPACK),
    MARK(0, "\x1f\x9d", "packed by compress" UNPACK),
    MARK(0, "7z\xbc\xaf\x27\x1c", "a 7-Zip archive" UNPACK),
    MARK(0, "Rar!\x1a", "a RAR archive" UNPACK),
    MARK(257, "ustar", "a tar archive" UNPACK),
    MARK(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
         "a file of Excel or Word before 2007 (.xls, .doc): save the sheet as CSV"),
    MARK(0, "II*\0", "a TIFF image" IMAGE),
    MARK(0, "MM\0*", "a TIFF image" IMAGE),
    MARK(0, "II+\0", "a BigTIFF image" IMAGE),
    MARK(0, "MM\0+", "a BigTIFF image" IMAGE),
    MARK(0, "\x89PNG\r\n\x1a\n", "a PNG image" IMAGE),
    MARK(0, "\xff\xd8\xff", "a JPEG image" IMAGE),
    MARK(0, "GIF8", "a GIF image" IMAGE),
    MARK(4, "jP  \r\n\x87\n", "a JPEG 2000 image" IMAGE),
    MARK(0, "%PDF", "a PDF document" TABLE),
    MARK(0, "%!PS", "a PostScript document" TABLE),
    MARK(0, "PAR1", "a Parquet table: write it as CSV, or its numbers as .npy"),
    MARK(0, "ARROW1", "an Arrow or Feather table: write it as CSV, or its numbers as .npy"),
    MARK(0, "FEA1", "a Feather table: write it as CSV, or its numbers as .npy"),
    MARK(0, "RDX2\n", "R's .RData" R_SAYS),
    MARK(0, "RDX3\n", "R's .RData" R_SAYS),
    MARK(0, "RDA2\n", "R's .RData" R_SAYS),
    MARK(0, "RDA3\n", "R's .RData" R_SAYS),
    MARK(0, "X\n\0\0\0", "R's .rds" R_SAYS),
    MARK(10, "\n197888\n5\nUTF-8\n", "R's .rds" R_SAYS),
    MARK(0, "CDF\x01", "NetCDF of version 3: nccopy -k nc4 makes HDF5 of it"),
    MARK(0, "CDF\x02", "NetCDF of version 3: nccopy -k nc4 makes HDF5 of it"),
    MARK(0, "CDF\x05", "NetCDF of version 3: nccopy -k nc4 makes HDF5 of it"),
    MARK(0, "\x0e\x03\x13\x01", "HDF of version 4: h4toh5 makes HDF5 of it"),
    MARK(0, "SIMPLE  =", "a FITS image" IMAGE),
    MARK(0, "GRIB", "GRIB" IMAGE),
    MARK(128, "DICM", "a DICOM image" IMAGE),
    MARK(344, "n+1\0", "a NIfTI image" IMAGE),
    MARK(0, "SR\0\4", "IDL's .sav: write the array as ENVI or CSV"),
    MARK(0, "Octave-1-", "Octave's binary format: save it by save -v7"),
    MARK(0, "SQLite format 3", "an SQLite database: write the table as CSV"),
    MARK(0, "$FL2", "an SPSS table" TABLE),
    MARK(0, "<stata_dta>", "a Stata table" TABLE),
    MARK(0, "\177ELF", "a program"),
    MARK(0, "\377\376", "like text in UTF-16, but cut or damaged: save it in UTF-8"),
    MARK(0, "\376\377", "like text in UTF-16, but cut or damaged: save it in UTF-8"),
};

/* Texts at the beginning, in any case, after a byte order mark and blanks. */
static const mark texts[] = {
    MARK(0, "<!doctype", "a page in HTML, perhaps what came instead of a download: fetch the file itself"),
    MARK(0, "<html", "a page in HTML, perhaps what came instead of a download: fetch the file itself"),
    MARK(0, "<table", "a table in HTML" TABLE),
    MARK(0, "<?xml", "XML" TABLE),
    MARK(0, "{\"", "JSON: write the array as .npy or CSV"),
    MARK(0, "{}", "JSON: write the array as .npy or CSV"),
    MARK(0, "[{", "JSON: write the array as .npy or CSV"),
    MARK(0, "[[", "JSON: write the array as .npy or CSV"),
    MARK(0, "version https://git-lfs", "a pointer of Git LFS in the place of the file: git lfs pull fetches it"),
    MARK(0, "{\\rtf", "a document in RTF" TABLE),
};

static const char *identify_text(const input *in)
{
    static const char blanks[] = " \t\r\n";
    char begin[64];
    size_t used = 0, at = in->head_bytes >= 3 && memcmp(in->head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (at < in->head_bytes && in->head[at] != 0 && strchr(blanks, in->head[at]) != NULL)
        at++;
    /* Blanks between brackets do not count, either. */
    for (; at < in->head_bytes && used + 1 < sizeof begin; at++)
        if (in->head[at] != 0 &&
            (strchr(blanks, in->head[at]) == NULL || strchr("{[", begin[used > 0 ? used - 1 : 0]) == NULL))
            begin[used++] = (char)in->head[at];
    begin[used] = '\0';
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++)
        if (strncasecmp(begin, texts[k].bytes, texts[k].length) == 0)
            return texts[k].is;
    return NULL;
}

static int has_entry(const zip_archive *zip, const char *begin)
{
    for (size_t k = 0; k < zip->count; k++) {
        const char *const name = zip->members[k].name;
        const char *const found = strstr(name, begin);
        if (found != NULL && (found == name || begin[0] == '/'))
            return 1;
    }
    return 0;
}

/* Identify a zip archive by its members. */
static const char *identify_zip(const input *in, char *room)
{
    static const struct {
        const char *entry, *is;
    } kinds[] = {
        {"xl/", "an Excel workbook: save the sheet as CSV"},
        {"word/", "a Word document: save the table as CSV"},
        {"ppt/", "a PowerPoint presentation" TABLE},
        {"content.xml", "an OpenDocument file (.ods, .odt): save the sheet as CSV"},
        {"/data.pkl", "a PyTorch file: save the array by numpy.save()"},
        {"/.zarray", "a Zarr archive: save the array by numpy.save()"},
        {".zarray", "a Zarr archive: save the array by numpy.save()"},
    };
    npz_archive *archive;
    if (rlra_npz_open(in, &archive) != RLRA_OK)
        return "a damaged zip archive";
    const zip_archive *const zip = &archive->zip;
    snprintf(room, IDENTIFY_BYTES, "a zip archive without arrays of NumPy (it begins with '%.60s')" UNPACK,
             zip->count == 0 ? "" : zip->members[0].name);
    const char *is = room;
    for (size_t k = sizeof kinds / sizeof kinds[0]; k-- > 0;)
        if (has_entry(zip, kinds[k].entry))
            is = kinds[k].is;
    return is;
}

const char *rlra_identify_mark(const input *in)
{
    const char *const text = identify_text(in);
    if (text != NULL)
        return text;
    for (size_t k = 0; k < sizeof marks / sizeof marks[0]; k++)
        if (in->head_bytes >= marks[k].at + marks[k].length &&
            memcmp(in->head + marks[k].at, marks[k].bytes, marks[k].length) == 0)
            return marks[k].is;
    return NULL;
}

/* Whether a file is a Python pickle of protocol 2 or later, which ends with a point. */
static int is_pickle(const input *in)
{
    unsigned char last = 0;
    input quiet = *in;
    quiet.context = NULL;
    return in->head_bytes >= 4 && in->head[0] == 0x80 && in->head[1] >= 2 && in->head[1] <= 5 &&
           rlra_input_read(&quiet, in->size - 1, &last, 1) == RLRA_OK && last == '.';
}

static const char *show_bytes(const input *in, char *room)
{
    const size_t shown = in->head_bytes < 8 ? in->head_bytes : 8;
    int used = snprintf(room, IDENTIFY_BYTES, "unknown, its first bytes are");
    for (size_t k = 0; k < shown; k++)
        used += snprintf(room + used, IDENTIFY_BYTES - (size_t)used, " %02x", in->head[k]);
    used += snprintf(room + used, IDENTIFY_BYTES - (size_t)used, " '");
    for (size_t k = 0; k < shown; k++)
        room[used++] = (char)(in->head[k] >= 32 && in->head[k] < 127 ? in->head[k] : '.');
    snprintf(room + used, IDENTIFY_BYTES - (size_t)used, "'");
    return room;
}

const char *rlra_identify(const input *in, char *room)
{
    const char *const marked = rlra_identify_mark(in);
    if (marked != NULL)
        return marked;
    if (rlra_zip_is_archive(in))
        return identify_zip(in, room);
    return is_pickle(in) ? "a pickle of Python: save the array by numpy.save()" : show_bytes(in, room);
}
