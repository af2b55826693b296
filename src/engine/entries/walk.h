/* engine/entries/walk.h: what the ways to read rows of the data share. */
#ifndef RLRA_ENGINE_ENTRIES_WALK_H
#define RLRA_ENGINE_ENTRIES_WALK_H

#include "engine/entries/entries.h"

/* Scratch of rules and of block/rows.h for a thread; until the rooms of threads are used otherwise. */
void *RLRA(entries_scratch)(const struct fit *f, int thread);

#endif
