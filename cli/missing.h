/* cli/missing.h: data some of whose entries are missing, or count less than others. */
#ifndef RLRA_CLI_MISSING_H
#define RLRA_CLI_MISSING_H

#include "run.h"

/* After run_read(): `weights` and `partial` from --mask, --weights and --missing. Returns an exit code. */
int missing_read(run *r);

/* Add the term of a run that is `partial`. */
rlra_status missing_pose(run *r);

/* Lines on what was observed and held out, where not all was. */
void missing_report(const run *r);

#endif
