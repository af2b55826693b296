/* io/places.c: a list of names, each with the place of a variable, which is sorted at the first search. */
#include "io/places.h"

#include <stdlib.h>
#include <string.h>

typedef struct named_place {
    const char *name; /* while items are sorted; else NULL */
    size_t name_at, number;
    place where;
} named_place;

/* Make room for one more than `used` bytes or items, at least doubling it. */
static void *grow(rlra_context *context, void *old, size_t used, size_t least, size_t size, size_t *room)
{
    if (least <= *room)
        return old;
    const size_t wider = 2 * least + 16;
    void *const made = rlra_alloc(context, wider, size);
    if (made == NULL)
        return NULL;
    if (used > 0)
        memcpy(made, old, used * size);
    rlra_free(context, old);
    *room = wider;
    return made;
}

rlra_status rlra_places_add(const input *in, places *all, const char *name, place where)
{
    const size_t length = strlen(name) + 1;
    char *const names = grow(all->context, all->names, all->names_used, all->names_used + length, 1, &all->names_room);
    all->names = names == NULL ? all->names : names;
    named_place *const items = grow(all->context, all->items, all->count, all->count + 1, sizeof *items, &all->room);
    all->items = items == NULL ? all->items : items;
    if (names == NULL || items == NULL)
        return rlra_fail_memory(in->context, all->count + 1, sizeof *items, "the places of variables");
    memcpy(all->names + all->names_used, name, length);
    all->items[all->count] = (named_place){NULL, all->names_used, all->count, where};
    all->names_used += length;
    all->count++;
    return RLRA_OK;
}

static int by_name(const void *a, const void *b)
{
    const named_place *const x = a, *const y = b;
    const int order = strcmp(x->name, y->name);
    return order != 0 ? order : (x->number > y->number) - (x->number < y->number);
}

static void sort(places *all)
{
    if (all->sorted == all->count)
        return;
    for (size_t k = 0; k < all->count; k++)
        all->items[k].name = all->names + all->items[k].name_at;
    qsort(all->items, all->count, sizeof *all->items, by_name);
    all->sorted = all->count;
}

const place *rlra_places_find(places *all, const char *name)
{
    size_t begin = 0, end = all->count;
    sort(all);
    while (begin < end) {
        const size_t middle = begin + (end - begin) / 2;
        if (strcmp(all->items[middle].name, name) < 0)
            begin = middle + 1;
        else
            end = middle;
    }
    return begin < all->count && strcmp(all->items[begin].name, name) == 0 ? &all->items[begin].where : NULL;
}

void rlra_places_clear(places *all)
{
    rlra_free(all->context, all->items);
    rlra_free(all->context, all->names);
    *all = (places){.context = all->context};
}

static void close_places(rlra_context *context, void *state)
{
    rlra_places_clear(state);
    rlra_free(context, state);
}

rlra_status rlra_places_of(const input *in, rlra_status (*collect)(const input *in, places *all), places **all)
{
    rlra_status status = RLRA_OK;
    container *const kept = in->container;
    places *made = NULL;
    *all = kept->state;
    if (*all != NULL)
        return RLRA_OK;
    made = rlra_alloc_zero(kept->context, 1, sizeof *made);
    REQUIRE(made != NULL, rlra_fail_memory(in->context, 1, sizeof *made, "the places of variables"));
    made->context = kept->context;
    TRY(collect(in, made));
    *all = kept->state = made;
    kept->close = close_places;
    made = NULL;
cleanup:
    if (made != NULL)
        close_places(kept->context, made);
    return status;
}
