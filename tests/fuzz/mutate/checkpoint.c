/* fuzz/mutate/checkpoint.c: mutations of checkpoints: numbers of the head, the identity or the state, and a hash that is right. */
#include <string.h>

#include "core/hash.h"
#include "fuzz/mutate/mutate.h"

#define HEAD 40 /* magic, byte order, layout, and the bytes of identity and state: io/checkpoint.h */

static void rehash(uint8_t *data, size_t size)
{
    hash h;
    rlra_hash_begin(&h);
    rlra_hash_add(&h, data, size - 8);
    const uint64_t sum = rlra_hash_end(&h);
    memcpy(data + size - 8, &sum, 8);
}

/* Another length of the state or the identity, and a head that declares it. */
static size_t resize(mutation *m, uint8_t *data, size_t size, size_t room, size_t identity)
{
    const size_t begin = mutation_draw(m, 4) == 0 ? HEAD : HEAD + identity, bytes = size - 8 - begin;
    const size_t changed = m->bytes(data + begin, bytes, room - 8 - begin);
    if (begin == HEAD)
        return size; /* of the identity, the length stays */
    uint64_t state = changed;
    memcpy(data + 32, &state, 8);
    return begin + changed + 8;
}

size_t mutate_checkpoint(mutation *m, uint8_t *data, size_t size, size_t room)
{
    uint64_t identity;
    if (size < HEAD + 8 || room < size || mutation_draw(m, 16) == 0)
        return m->bytes(data, size, room);
    memcpy(&identity, data + 24, 8);
    if (identity > size - HEAD - 8)
        return m->bytes(data, size, room);
    const size_t state = HEAD + (size_t)identity, words = (size - 8 - state) / 8;
    const uint32_t way = mutation_draw(m, 8);
    if (way == 0)
        mutation_renumber(m, data + 8 * mutation_draw(m, HEAD / 8), 8, 0, size);
    else if (way == 1)
        size = resize(m, data, size, room, (size_t)identity);
    else if (words > 0) {
        /* The numbers of the run come first. */
        const size_t most = mutation_draw(m, 2) == 0 && words > 30 ? 30 : words;
        uint8_t *const at = data + state + 8 * mutation_draw(m, (uint32_t)most);
        static const double numbers[] = {0.0, -1.0, 1e-320, 1e308, 0.5, -0.0, 1.0 / 3};
        if (mutation_draw(m, 2) == 0)
            memcpy(at, &numbers[mutation_draw(m, 7)], 8);
        else
            mutation_renumber(m, at, 8, 0, words);
    }
    rehash(data, size);
    return size;
}
