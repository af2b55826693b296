/* cli/columns.h: one column of a list of words whose lines have several, separated by tabs. */
#ifndef RLRA_CLI_COLUMNS_H
#define RLRA_CLI_COLUMNS_H

#include "corpus.h"

/* Cut each line down to one column: that which `column` names, by its number from 1 or by its name in the first line, which then is
 * no word; NULL: the second where the lines have several, which is reported. Returns an exit code. */
int columns_choose(const run *r, const char *option, const char *path, const char *column, text_lines *l);

#endif
