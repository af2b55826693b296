/* cli/signals.h: what the system may say to the program, and what becomes of it. */
#ifndef RLRA_CLI_SIGNALS_H
#define RLRA_CLI_SIGNALS_H

#include "rlra/rlra.h"

/* At the start of the program: no file is ever opened as stdin, stdout or stderr, and a pipe without a reader or a file at its
 * limit is an error of that file, not the end of the program. */
void signals_prepare(void);

/* From now on signals that ask the program to end stop the fit of this context after its sweep; with NULL they end the program. */
void signals_catch(rlra_context *context);

#endif
