/* io/notes.h: sentences on what a reader left out or guessed, kept until somebody shows them. */
#ifndef RLRA_IO_NOTES_H
#define RLRA_IO_NOTES_H

#include <stdarg.h>

#include "core/context.h"

/* Starts as {NULL}. */
typedef struct notes {
    struct note *first;
} notes;

/* Add a sentence behind the others, unless it is there already. */
rlra_status rlra_notes_add(rlra_context *context, notes *all, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

/* Sentence `index`, or NULL beyond the last. */
const char *rlra_notes_at(const notes *all, int index);

/* Hand the sentences of `from` over to `to`, which has none. */
void rlra_notes_move(notes *from, notes *to);

/* Add copies of the sentences of `from` to `to`, which has none. */
rlra_status rlra_notes_copy(rlra_context *context, const notes *from, notes *to);

void rlra_notes_clear(rlra_context *context, notes *all);

#endif
