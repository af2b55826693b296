/* form/list.h: the forms of models, in the order in which they are listed. */
#ifndef RLRA_FORM_LIST_H
#define RLRA_FORM_LIST_H

#define RLRA_FORM_LIST(X) X(kruskal) X(tucker)

#endif
