/* io/places.h: where the variables of a file are, found by name. */
#ifndef RLRA_IO_PLACES_H
#define RLRA_IO_PLACES_H

#include <stddef.h>
#include <stdint.h>

#include "io/input.h"

/* What it means is up to the format: a byte of the file, and one within what begins there. */
typedef struct place {
    int64_t at, within;
} place;

/* Starts as {.context = context}. */
typedef struct places {
    rlra_context *context;
    struct named_place *items;
    size_t count, room, sorted; /* of the items, so many are in order */
    char *names;
    size_t names_used, names_room;
} places;

rlra_status rlra_places_add(const input *in, places *all, const char *name, place where);

/* The first that was added under this name, or NULL; valid until the next one is added. */
const place *rlra_places_find(places *all, const char *name);

/* Those of an open file, which collect() adds at the first call. */
rlra_status rlra_places_of(const input *in, rlra_status (*collect)(const input *in, places *all), places **all);

void rlra_places_clear(places *all);

#endif
