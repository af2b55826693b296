/* linalg/supports/supports.h: nonnegative quadratics in which only a few unknowns may differ from zero.
 *
 *   minimise  1/2 x^T G x - c^T x   subject to  x >= 0,  at most k entries of x differ from zero  [ and  sum x = 1 ]
 *
 * Exactly by branch and bound over supports (Nadisic, Vandaele, Gillis & Cohen 2020), or, if there are few supports, by trying
 * all of them; or greedily. docs/theory/k_sparse.md. All in double. No function allocates or keeps state: one `work` for each
 * thread. */
#ifndef RLRA_LINALG_SUPPORTS_SUPPORTS_H
#define RLRA_LINALG_SUPPORTS_SUPPORTS_H

#include <stddef.h>
#include <stdint.h>

typedef struct supports_task {
    ptrdiff_t size;        /* unknowns */
    const double *gram;    /* size x size, symmetric, positive semidefinite */
    double accuracy;       /* relative error of its entries */
    int sum_to_one;        /* the constraint sum x = 1 holds, too */
    ptrdiff_t least, most; /* 1 <= least <= most: the wanted numbers k of entries; most > size counts as size */
    int64_t nodes;         /* most nodes of the search; 0: no limit */
} supports_task;

typedef struct supports_result {
    int64_t nodes; /* faces that were solved */
    /* No support of the wanted sizes has a value below min(bound, the value found): INFINITY if the search was completed, and
     * all results are proved to be optimal. */
    double bound;
} supports_result;

/* Bytes of workspace for tasks with up to `size` unknowns; aligned as a double. */
size_t rlra_supports_bytes(ptrdiff_t size);

/* The minimisers for k = least .. most from one tree: values[k - least], and x[(k - least) * size + j] with at most k entries
 * that are not zero. `start` is NULL or any x: the minimiser on its `least` largest entries is a further initial guess, so that
 * the result is never worse than a start with so few entries. */
supports_result rlra_supports_search(const supports_task *task, const double *c, const double *start, double *x,
                                     double *values, void *work);

/* Nonnegative orthogonal matching pursuit: the unknown that lowers the value most enters, all inside are solved for again, and
 * so on. Fills x and values as above. */
supports_result rlra_supports_pursue(const supports_task *task, const double *c, const double *start, double *x,
                                     double *values, void *work);

/* Backward elimination from the minimiser over all unknowns: the cheapest unknown is removed, the others are solved for again. */
supports_result rlra_supports_eliminate(const supports_task *task, const double *c, const double *start, double *x,
                                        double *values, void *work);

/* The number of nonempty supports of at most `most` of `size` unknowns, which may be large. */
double rlra_supports_count(ptrdiff_t size, ptrdiff_t most);

/* Right-hand sides that rlra_supports_enumerate() takes at once. */
#define SUPPORTS_SIDES 48

/* The minimiser for k = most, of many right-hand sides at once, by trying all supports; entry j of side i is at c[j *
 * SUPPORTS_SIDES + i], and likewise for x; `sides` <= SUPPORTS_SIDES. values[i] is the value of side i. */
void rlra_supports_enumerate(const supports_task *task, ptrdiff_t sides, const double *c, double *x, double *values,
                             void *work);
size_t rlra_supports_enumerate_bytes(ptrdiff_t size, ptrdiff_t most);

#endif
