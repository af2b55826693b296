/* fuzz/fuzz.c: the libFuzzer target of all readers; RLRA_FUZZ in the environment names the row of fuzz/targets.c that is run:
 *
 *   RLRA_FUZZ=npy fuzz_readers -dict=tests/fuzz/dict/npy.dict CORPUS tests/fuzz/corpus/npy      (tools/fuzz does this) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/targets.h"

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t room);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned int seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, uint8_t *out,
                                 size_t room, unsigned int seed);

static trial shared;
static const fuzz_target *target;

static void clean(void)
{
    trial_close(&shared);
}

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    const char *const name = getenv("RLRA_FUZZ");
    (void)count;
    (void)arguments;
    target = fuzz_target_find(name);
    if (target == NULL || !trial_open(&shared, target->ending)) {
        fprintf(stderr, "RLRA_FUZZ must name what is fuzzed, see tests/fuzz/targets.c; got '%s'\n",
                name == NULL ? "" : name);
        exit(2);
    }
    atexit(clean);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (!fuzz_target_run(target, &shared, bytes, size))
        abort();
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned int seed)
{
    mutation m = {seed, LLVMFuzzerMutate};
    return target->mutate == NULL ? LLVMFuzzerMutate(data, size, room) : target->mutate(&m, data, size, room);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, uint8_t *out,
                                 size_t room, unsigned int seed)
{
    mutation m = {seed, LLVMFuzzerMutate};
    const size_t made = target->cross == NULL ? 0 : target->cross(&m, a, a_size, b, b_size, out, room);
    if (made > 0)
        return made;
    /* The beginning of one, the end of the other. */
    const size_t head = a_size == 0 ? 0 : mutation_draw(&m, (uint32_t)a_size + 1);
    const size_t from = b_size == 0 ? 0 : mutation_draw(&m, (uint32_t)b_size + 1);
    const size_t first = head < room ? head : room,
                 second = b_size - from < room - first ? b_size - from : room - first;
    if (first > 0)
        memcpy(out, a, first);
    if (second > 0)
        memcpy(out + first, b + from, second);
    return first + second;
}
