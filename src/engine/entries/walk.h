/* engine/entries/walk.h: what walk.c and lifted.c share. */
#ifndef RLRA_ENGINE_ENTRIES_WALK_H
#define RLRA_ENGINE_ENTRIES_WALK_H

#include "engine/entries/entries.h"

/* Scratch of a thread for rules and block/rows.h; valid until the workspace of threads is used for something else. */
void *RLRA(entries_scratch)(const struct fit *f, int thread);

#endif
