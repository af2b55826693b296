/* io/notes.c: sentences on what a reader left out or guessed. */
#include "io/notes.h"

#include <string.h>

#include "core/print.h"

/* The most notes; a last one reports that there are more. */
#define NOTES_MOST 64
#define AND_MORE   "there is more that was left out or guessed"

/* Longer sentences are cut. */
#define NOTE_BYTES 1024

typedef struct note {
    struct note *next;
    char text[];
} note;

static rlra_status append(rlra_context *context, note **end, const char *text)
{
    const size_t length = strlen(text);
    note *const made = rlra_alloc(context, 1, sizeof *made + length + 1);
    if (made == NULL)
        return rlra_fail_memory(context, 1, sizeof *made + length + 1, "a note on a file");
    made->next = NULL;
    memcpy(made->text, text, length + 1);
    *end = made;
    return RLRA_OK;
}

rlra_status rlra_notes_add(rlra_context *context, notes *all, const char *format, va_list arguments)
{
    char text[NOTE_BYTES];
    rlra_print_list(text, sizeof text, format, arguments);
    note **end = &all->first;
    int count = 0;
    for (; *end != NULL; end = &(*end)->next, count++)
        if (strcmp((*end)->text, text) == 0)
            return RLRA_OK;
    if (count > NOTES_MOST)
        return RLRA_OK;
    return append(context, end, count == NOTES_MOST ? AND_MORE : text);
}

rlra_status rlra_notes_copy(rlra_context *context, const notes *from, notes *to)
{
    rlra_status status = RLRA_OK;
    note **end = &to->first;
    for (const note *at = from->first; at != NULL && status == RLRA_OK; at = at->next) {
        status = append(context, end, at->text);
        end = status == RLRA_OK ? &(*end)->next : end;
    }
    return status;
}

const char *rlra_notes_at(const notes *all, int index)
{
    const note *at = index < 0 ? NULL : all->first;
    for (; at != NULL && index > 0; index--)
        at = at->next;
    return at == NULL ? NULL : at->text;
}

void rlra_notes_move(notes *from, notes *to)
{
    to->first = from->first;
    from->first = NULL;
}

void rlra_notes_clear(rlra_context *context, notes *all)
{
    while (all->first != NULL) {
        note *const gone = all->first;
        all->first = gone->next;
        rlra_free(context, gone);
    }
}
