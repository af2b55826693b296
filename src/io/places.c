/* io/places.c: a list of names, each with the place of a variable, that is sorted when it is first asked. */
#include "io/places.h"

#include <stdlib.h>
#include <string.h>

typedef struct named_place {
    const char *name; /* while items are in order; else NULL */
    size_t name_at, number;
    place where;
} named_place;

/* Room for one more byte or item than `used`, at least twice of what there was. */
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

int rlra_places_add(places *all, const char *name, place where)
{
    const size_t length = strlen(name) + 1;
    char *const names = grow(all->context, all->names, all->names_used, all->names_used + length, 1, &all->names_room);
    if (names == NULL)
        return 0;
    all->names = names;
    named_place *const items = grow(all->context, all->items, all->count, all->count + 1, sizeof *items, &all->room);
    if (items == NULL)
        return 0;
    all->items = items;
    memcpy(all->names + all->names_used, name, length);
    all->items[all->count] = (named_place){NULL, all->names_used, all->count, where};
    all->names_used += length;
    all->count++;
    return 1;
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
