/* cli/stream.h: data that may not fit into the memory that a fit is allowed. */
#ifndef RLRA_CLI_STREAM_H
#define RLRA_CLI_STREAM_H

#include "run.h"

/* Bytes that "200M" or "1.5G" stand for: K, M, G and T are powers of 1024; -1 if the text is no size. */
double stream_size(const char *text);

/* Open the file for reading piece by piece if its array, with room for a fit, is larger than the limit; else nothing is opened.
 * Refuses files that are too large and cannot be read so. */
int stream_open(run *r, int least_order, int most_order);

/* Leave data that were read and have been posed in their file after all, as the fit needs more than the limit with them in memory.
 * Then the problem and its priors are to be made anew; 0 where they must stay in memory. */
int stream_instead(run *r);

/* One line about it, for the results. */
void stream_report(const run *r);

#endif
