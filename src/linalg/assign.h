/* linalg/assign.h: the linear assignment problem: rows matched to columns at the least cost. */
#ifndef RLRA_LINALG_ASSIGN_H
#define RLRA_LINALG_ASSIGN_H

#include <stddef.h>

/* Bytes of scratch for `columns` columns, aligned as doubles. */
size_t rlra_assign_bytes(ptrdiff_t columns);

/* column_of[i], i < rows: distinct columns such that  sum_i costs[i * columns + column_of[i]]  is least; rows <= columns, costs are
 * finite. Shortest augmenting paths (Kuhn 1955; Jonker & Volgenant 1987): O(rows^2 columns). Returns that sum. */
double rlra_assign(ptrdiff_t rows, ptrdiff_t columns, const double *costs, ptrdiff_t *column_of, void *scratch);

#endif
