/* io/places.h: the places of the variables of a file, found by name. */
#ifndef RLRA_IO_PLACES_H
#define RLRA_IO_PLACES_H

#include <stddef.h>
#include <stdint.h>

#include "io/input.h"

/* A place, defined by the format: an offset in the file, and one within the element that begins there. */
typedef struct place {
    int64_t at, within;
} place;

/* A list of named places; starts as {.context = context}. */
typedef struct places {
    rlra_context *context;
    struct named_place *items;
    size_t count, room, sorted; /* number of items, allocated items, sorted items */
    char *names;
    size_t names_used, names_room;
} places;

rlra_status rlra_places_add(const input *in, places *all, const char *name, place where);

/* The first place with this name, or NULL; valid until the next one is added. */
const place *rlra_places_find(places *all, const char *name);

/* The places of an open file, which collect() adds at the first call. */
rlra_status rlra_places_of(const input *in, rlra_status (*collect)(const input *in, places *all), places **all);

void rlra_places_clear(places *all);

#endif
