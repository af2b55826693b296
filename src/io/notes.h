/* io/notes.h: sentences on what a reader left out or guessed, kept until they are shown. */
#ifndef RLRA_IO_NOTES_H
#define RLRA_IO_NOTES_H

#include <stdarg.h>

#include "core/context.h"

/* A list of notes; starts as {NULL}. */
typedef struct notes {
    struct note *first;
} notes;

/* Append a sentence, unless it is already in the list. */
rlra_status rlra_notes_add(rlra_context *context, notes *all, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

/* Sentence `index`, or NULL past the last. */
const char *rlra_notes_at(const notes *all, int index);

/* Move the sentences of `from` to `to`, which must be empty. */
void rlra_notes_move(notes *from, notes *to);

/* Copy the sentences of `from` to `to`, which must be empty. */
rlra_status rlra_notes_copy(rlra_context *context, const notes *from, notes *to);

void rlra_notes_clear(rlra_context *context, notes *all);

#endif
