/* update/list.h: the names of the rules; registry, options and documentation follow from this list. */
#ifndef RLRA_UPDATE_LIST_H
#define RLRA_UPDATE_LIST_H

#define RLRA_UPDATE_LIST(ENTRY)                                                                                        \
    ENTRY(hals)                                                                                                        \
    ENTRY(mu)                                                                                                          \
    ENTRY(ls)                                                                                                          \
    ENTRY(msom)                                                                                                        \
    ENTRY(pgd)                                                                                                         \
    ENTRY(fista)                                                                                                       \
    ENTRY(projected_ls)                                                                                                \
    ENTRY(admm)                                                                                                        \
    ENTRY(ccd)                                                                                                         \
    ENTRY(scalar_newton)                                                                                               \
    ENTRY(newton)                                                                                                      \
    ENTRY(nolips)                                                                                                      \
    ENTRY(primal_dual)                                                                                                 \
    ENTRY(active_set)                                                                                                  \
    ENTRY(block_pivot)                                                                                                 \
    ENTRY(k_sparse)                                                                                                    \
    ENTRY(omp)                                                                                                         \
    ENTRY(backward)

#endif
