/* cli/words.h: the library's sentences in the words of the command line. */
#ifndef RLRA_CLI_WORDS_H
#define RLRA_CLI_WORDS_H

#include "request.h"

/* What the library says, with its options `name` and `name=value` as they are typed: --name and --name value. Where the command has
 * no such option, the remark in parentheses or the clause that advises it is left out, and what can be done instead is said.
 * Freed with free(). */
char *words_of(const command *about, const char *sentence);

/* The same of the last message of a context; of one that has none the text of the status. */
char *words_reported(const command *about, const rlra_context *context, rlra_status status);

/* Refuse options that were given and have no effect; `rules`: what "auto" of --update became. Returns an exit code. */
int words_check_given(const request *asked, const char *const *rules, int rule_count);

#endif
