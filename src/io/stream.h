/* io/stream.h: an array that stays in its file. */
#ifndef RLRA_IO_STREAM_H
#define RLRA_IO_STREAM_H

#include "core/source.h"
#include "rlra/stream.h"

/* The entries of a stream; valid as long as the stream. */
entry_source *rlra_stream_source(rlra_stream *stream);

#endif
