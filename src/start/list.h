/* start/list.h: the names of the starts; registry, options and documentation follow from this list. */
#ifndef RLRA_START_LIST_H
#define RLRA_START_LIST_H

#define RLRA_START_LIST(ENTRY)                                                                                         \
    ENTRY(random)                                                                                                      \
    ENTRY(nndsvd)                                                                                                      \
    ENTRY(nndsvda)                                                                                                     \
    ENTRY(nndsvdar)                                                                                                    \
    ENTRY(snpa)                                                                                                        \
    ENTRY(snpa_sample)                                                                                                 \
    ENTRY(rank_one)                                                                                                    \
    ENTRY(model)

#endif
