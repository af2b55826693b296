/* core/sparse.h: read single entries of views of sparse arrays; rlra_sparse_check() is public. */
#ifndef RLRA_CORE_SPARSE_H
#define RLRA_CORE_SPARSE_H

#include "core/context.h"
#include "rlra/sparse.h"

/* Value of stored entry e. */
static inline double rlra_sparse_value(const rlra_sparse *s, int64_t e)
{
    return s->dtype == RLRA_DTYPE_F32 ? (double)((const float *)s->values)[e] : ((const double *)s->values)[e];
}

/* rlra_sparse_check() without the values. */
rlra_status rlra_sparse_check_places(rlra_context *context, const rlra_sparse *sparse);

/* "3, 0, 7": the indices of stored entry e, for messages. */
#define SPARSE_WHERE_BYTES (24 * RLRA_MAX_ORDER)
void rlra_sparse_where(const rlra_sparse *s, int64_t e, char *text);

#endif
