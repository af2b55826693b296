/* linalg/kronecker.c: Kronecker products of vectors, built in place beginning with the last. */
#include "linalg/kronecker.h"

#include <string.h>

void RLRA(kronecker)(int count, const real *const *vectors, const ptrdiff_t *lengths, real *out)
{
    ptrdiff_t total = 1;
    for (int v = 0; v < count; v++)
        total *= lengths[v];
    ptrdiff_t filled = lengths[count - 1];
    memcpy(out + total - filled, vectors[count - 1], (size_t)filled * sizeof(real));
    for (int v = count - 2; v >= 0; v--) {
        const real *const block = out + total - filled;
        real *const target = out + total - filled * lengths[v];
        for (ptrdiff_t i = 0; i < lengths[v]; i++)
            for (ptrdiff_t j = 0; j < filled; j++)
                target[i * filled + j] = vectors[v][i] * block[j];
        filled *= lengths[v];
    }
}
