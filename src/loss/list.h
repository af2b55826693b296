/* loss/list.h: the names of the losses; registry, options and documentation follow from this list. */
#ifndef RLRA_LOSS_LIST_H
#define RLRA_LOSS_LIST_H

#define RLRA_LOSS_LIST(ENTRY)                                                                                          \
    ENTRY(frobenius)                                                                                                   \
    ENTRY(kl)                                                                                                          \
    ENTRY(is)                                                                                                          \
    ENTRY(beta)

#endif
