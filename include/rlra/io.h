/* rlra/io.h: read and write arrays in files. */
#ifndef RLRA_IO_H
#define RLRA_IO_H

#include <stddef.h>
#include <stdint.h>

#include "rlra/array.h"
#include "rlra/context.h"
#include "rlra/export.h"
#include "rlra/sparse.h"
#include "rlra/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* An array read from a file, dense or sparse, owning its memory. */
typedef struct rlra_dataset rlra_dataset;

/* The precision to read into. AUTO: f32 if the file stores floats of at most 32 bits, else f64. */
typedef enum rlra_read_dtype { RLRA_READ_AUTO, RLRA_READ_F32, RLRA_READ_F64 } rlra_read_dtype;

/* The meaning of the first column of a table in text. */
typedef enum rlra_first_column {
    RLRA_FIRST_AUTO,  /* decided by the content: see docs/guide/files.md */
    RLRA_FIRST_DATA,  /* numbers like the others */
    RLRA_FIRST_NAMES, /* the names of the rows */
    RLRA_FIRST_AXIS   /* positions of the rows: an index, wavelengths, times */
} rlra_first_column;

/* How to read a file; all zeros, or a NULL pointer, means: by the content. Fields that do not apply to a format are ignored.
 * Messages name these as command line and Python do: missing=nan (missing_words), skip=N (first_line = N + 1), names=LINE or
 * names=none (names_line), first_column, decimal=point or comma, grouping, index_base=0 (zero_based). */
typedef struct rlra_read_options {
    rlra_read_dtype dtype;
    int missing_words;              /* NA, n/a, an empty field, .. in text are NaN; otherwise they are refused */
    int64_t first_line;             /* first line of a table in text, from 1; lines above are skipped; 0: automatic */
    int64_t names_line;             /* line with the names of the columns of a table, from 1; -1: none; 0: automatic */
    rlra_first_column first_column; /* kind of the first column of a table in text */
    char decimal;                   /* decimal sign of text, '.' or ','; 0: automatic */
    char grouping;                  /* a sign between groups of digits, such as ',' in 1,234.5; 0: none */
    int zero_based;                 /* indices of a sparse array in text count from 0 instead of 1 */
} rlra_read_options;

/* One variable of a file, described without reading its entries. Strings and dims are valid during the callback, or as long as
 * the file is open. */
typedef struct rlra_variable {
    const char *name;  /* "" if the format has no names */
    const char *dtype; /* as stored: "uint16", "float64", "sparse float64", "text", "struct", "damaged", .. */
    int order;
    const int64_t *dims;
    int numeric; /* rlra_dataset_read() can read it */
} rlra_variable;

typedef void (*rlra_variable_callback)(void *user, const rlra_variable *variable);

/**
 * Read an array. `spec` is FILE or FILE:NAME; the format follows from the content. Without NAME the file must have one array of
 * numbers, or only one that is more than a vector. A FILE with ':' in its name is found, too.
 *
 * Integers and bools are converted (64-bit integers that f64 cannot hold are rounded). The array is row-major with the shape
 * that the file states; a Fortran-ordered .npy, a .mat and ENVI interleaves keep their memory order and get strides. ENVI cubes
 * have shape lines x samples x bands, spectral libraries of ENVI spectra x bands; gains, offsets, scales and missing values in
 * their headers are applied. Sparse arrays (.mtx, .tns, those of SciPy, MATLAB, ..) stay sparse: see rlra_dataset_sparse(). A
 * file compressed by gzip is first unpacked to an unnamed file in TMPDIR or /tmp; text in UTF-16 is read, too.
 * rlra_dataset_note() reports all that was left out or guessed.
 *
 * @retval RLRA_ERR_FILE      it cannot be opened or read
 * @retval RLRA_ERR_FORMAT    not a known format, truncated, or a wrong header
 * @retval RLRA_ERR_ARGUMENT  no such variable, or several that match: the message lists them with shapes
 * @retval RLRA_ERR_MEMORY    not enough memory for the array that the header states
 * On error *dataset is NULL. Never allocates more than a small multiple of the size that the contents of the file can have.
 */
RLRA_API rlra_status rlra_dataset_read(rlra_context *context, const char *spec, const rlra_read_options *options,
                                       rlra_dataset **dataset);

/** Free a dataset; NULL is allowed. Views of its array become invalid. */
RLRA_API void rlra_dataset_destroy(rlra_dataset *dataset);

/** The array, valid as long as the dataset; NULL if it is sparse. */
RLRA_API const rlra_array *rlra_dataset_array(const rlra_dataset *dataset);

/** Raise entries of a dense dataset that are at least 0 and below `least` to `least`, and count them, as some losses need data >
 * 0. Negative entries and NaN do not change, and neither does a sparse dataset. */
RLRA_API void rlra_dataset_raise(rlra_dataset *dataset, double least, int64_t *raised);

/** The sparse array, valid as long as the dataset; NULL if it is dense. Entries are as in the file, in any order, and those with
 * equal indices must be summed; all indices are within the dims. */
RLRA_API const rlra_sparse *rlra_dataset_sparse(const rlra_dataset *dataset);

/** Name of the variable ("" if none), format ("npy", "mat", ..), and type as stored ("uint16", ..). */
RLRA_API const char *rlra_dataset_name(const rlra_dataset *dataset);
RLRA_API const char *rlra_dataset_format(const rlra_dataset *dataset);
RLRA_API const char *rlra_dataset_stored_dtype(const rlra_dataset *dataset);

/** A text stored with the array, for example "wavelength" (for ENVI every field of its header), with lists separated by commas;
 * NULL if there is none with that key. Valid as long as the dataset. */
RLRA_API const char *rlra_dataset_attribute(const rlra_dataset *dataset, const char *key);

/** Sentence `index` about what the reader left out or guessed: names, rows, columns, a scale, bytes at the end; NULL past the
 * last. Programs that show the data should show these. Valid as long as the dataset. */
RLRA_API const char *rlra_dataset_note(const rlra_dataset *dataset, int index);

/** The name in the file of index `index` of a mode, such as that of a column; NULL if it has no names for that mode. Valid as
 * long as the dataset. */
RLRA_API const char *rlra_dataset_label(const rlra_dataset *dataset, int mode, int64_t index);

/** The positions of the indices of a mode, such as wavelengths, one number for each; NULL if the file has none. Valid as long as
 * the dataset. */
RLRA_API const double *rlra_dataset_axis(const rlra_dataset *dataset, int mode);

/** Call `callback` for every variable of a file (FILE, not FILE:NAME); it may read from the file. Statuses as for
 * rlra_dataset_read(). */
RLRA_API rlra_status rlra_file_list(rlra_context *context, const char *path, const rlra_read_options *options,
                                    rlra_variable_callback callback, void *user);

/* A file that is open and whose variables are listed, to read several of them without searching again. */
typedef struct rlra_file rlra_file;

/** Open FILE (not FILE:NAME). Statuses as for rlra_dataset_read(); on error *file is NULL. A file must not be used by several
 * threads at once. */
RLRA_API rlra_status rlra_file_open(rlra_context *context, const char *path, const rlra_read_options *options,
                                    rlra_file **file);

/** Close a file; NULL is allowed. Data sets and texts that were read stay valid. */
RLRA_API void rlra_file_close(rlra_file *file);

/** The format of a file ("npy", "mat", ..). */
RLRA_API const char *rlra_file_format(const rlra_file *file);

/** Sentence `index` about what was left out or guessed in the file as a whole; NULL past the last. Notes of data sets read from
 * it begin with these. */
RLRA_API const char *rlra_file_note(const rlra_file *file, int index);

/** Describe variable `index`, from 0, in the order of the file; returns 0 past the last. */
RLRA_API int rlra_file_variable(const rlra_file *file, int64_t index, rlra_variable *variable);

/**
 * The companion file that is read with FILE: the data of an ENVI header, or the header of ENVI data; writers must not replace
 * it either. `*beside` is NULL if FILE has none, is compressed by gzip or cannot be read; it is freed by rlra_text_free().
 */
RLRA_API rlra_status rlra_file_beside(rlra_context *context, const char *path, char **beside);

/** Read as rlra_dataset_read() does for FILE:NAME, or of FILE if `name` is "". */
RLRA_API rlra_status rlra_file_read(rlra_file *file, const char *name, rlra_dataset **dataset);

/** Read as rlra_text_read() does for FILE:NAME, or of FILE if `name` is "". */
RLRA_API rlra_status rlra_file_text(rlra_file *file, const char *name, char **text);

/**
 * Read a text variable (char rows, cell array of strings, string dataset, matrix of character codes) of FILE:NAME as lines
 * separated by '\n', in UTF-8; blanks at the ends of lines are dropped. `*text` is freed with rlra_text_free() and is NULL
 * on error.
 */
RLRA_API rlra_status rlra_text_read(rlra_context *context, const char *spec, char **text);

/** Read a text file as UTF-8 without a byte order mark, unpacked from gzip and converted from UTF-16 if necessary.
 * RLRA_ERR_FORMAT for an empty file and for one with a zero byte. Otherwise as rlra_text_read(). */
RLRA_API rlra_status rlra_file_read_text(rlra_context *context, const char *path, char **text);

RLRA_API void rlra_text_free(rlra_context *context, char *text);

/* An array and the name to write it under. */
typedef struct rlra_named_array {
    const char *name;
    const rlra_array *array;
} rlra_named_array;

/**
 * Write arrays to one file; the format follows from the ending of `path`: .npy, .csv/.tsv/.txt (order <= 2) and .hdr (ENVI,
 * order 2 or 3, with its entries in a .bsq file) take one array; .npz, .mat (below 2 GiB each) and .h5 any number. Each is
 * stored with its own dtype: float32, float64, or int64 for indices, counts and labels. Written to a temporary name in the same
 * folder and renamed: on error the old file, if any, is unchanged and no temporary file stays.
 *
 * @retval RLRA_ERR_ARGUMENT     an unknown ending, or a name or order that the format does not allow
 * @retval RLRA_ERR_FILE         it cannot be written, for example because the disk is full
 * @retval RLRA_ERR_UNSUPPORTED  an array too large for the format
 * @retval RLRA_ERR_MEMORY       not enough memory for a buffer; strided arrays are not copied as a whole
 */
RLRA_API rlra_status rlra_file_write(rlra_context *context, const char *path, int count,
                                     const rlra_named_array *arrays);

/** Size of a file and XXH64 of its bytes, with seed 0, as `xxhsum -H64` reports it. */
RLRA_API rlra_status rlra_file_hash(rlra_context *context, const char *path, int64_t *bytes, uint64_t *hash);

/** Write bytes to a temporary name, then rename it, like rlra_file_write(). */
RLRA_API rlra_status rlra_file_write_bytes(rlra_context *context, const char *path, const void *bytes, size_t size);

#ifdef __cplusplus
}
#endif
#endif
