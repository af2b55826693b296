/* rlra/stream.h: data larger than memory: arrays that are read from their file in every sweep. */
#ifndef RLRA_STREAM_H
#define RLRA_STREAM_H

#include <stdint.h>

#include "rlra/array.h"
#include "rlra/context.h"
#include "rlra/export.h"
#include "rlra/io.h"
#include "rlra/problem.h"
#include "rlra/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* An open file and the position of the entries of an array in it. */
typedef struct rlra_stream rlra_stream;

/**
 * Open an array for reading piece by piece. `spec` and `options` are those of rlra_dataset_read(), and entries get the same
 * values; they must be contiguous in the file: .npy, the data file of ENVI, contiguous data sets of HDF5 without filters.
 *
 * @param[out] stream  NULL on error. It keeps `context`, which must outlive it
 * @retval as rlra_dataset_read(); RLRA_ERR_UNSUPPORTED if the format, or its use in the file, does not allow it; the message
 *         has the remedy
 * Reads headers only. Memory: 70 KiB.
 */
RLRA_API rlra_status rlra_stream_open(rlra_context *context, const char *spec, const rlra_read_options *options,
                                      rlra_stream **stream);

/** Close a stream; NULL is allowed. Problems that use it must be destroyed first. */
RLRA_API void rlra_stream_close(rlra_stream *stream);

/** Type, dims, and strides of the entries in the file; `data` is NULL. Valid as long as the stream. */
RLRA_API const rlra_array *rlra_stream_array(const rlra_stream *stream);

/** Name of the variable ("" if none), format ("npy", ..), and type as stored ("uint16", ..), as for a data set. */
RLRA_API const char *rlra_stream_name(const rlra_stream *stream);
RLRA_API const char *rlra_stream_format(const rlra_stream *stream);
RLRA_API const char *rlra_stream_stored_dtype(const rlra_stream *stream);

/** The notes that rlra_dataset_note() would have for the array. Valid as long as the stream. */
RLRA_API const char *rlra_stream_note(const rlra_stream *stream, int index);

/**
 * Add the term  weight * D(X; [[factors]])  of an array that stays in its file. Results are those of rlra_problem_add_dense()
 * with the array in memory, to the same bits; only the starts 'snpa', missing entries and weights need it in memory. The term
 * must be the only one of its problem.
 *
 *     rlra_stream_open(context, "large.npy", NULL, &stream);
 *     rlra_problem_add_stream(problem, stream, 200 << 20, 1, NULL);
 *     rlra_fit(problem, &options, model, &report);
 *
 * @param[in] stream  borrowed: must stay open, and its file unchanged, as long as the problem is used
 * @param[in] memory  bytes that a fit may hold: model, workspace, start and windows of the data. rlra_fit() fails if that is
 *                    too little
 * @retval as rlra_problem_add_dense(); RLRA_ERR_FILE if the file has changed, is shorter or cannot be read
 *
 * A fit reads the file once in each sweep, or as often as rlra_fit_plan() reports, with an extra thread that reads ahead. It
 * ends with RLRA_ERR_FILE if the file changes; the model is then the best one so far. Cost of this call: one pass over the
 * file.
 */
RLRA_API rlra_status rlra_problem_add_stream(rlra_problem *problem, rlra_stream *stream, int64_t memory, double weight,
                                             const int *factors);

#ifdef __cplusplus
}
#endif
#endif
