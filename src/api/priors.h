/* api/priors.h: the penalties of one factor, as callers name them: which exist, are allowed and can be combined. */
#ifndef RLRA_API_PRIORS_H
#define RLRA_API_PRIORS_H

#include "core/context.h"
#include "model/problem.h"

/* Add a penalty by its name; messages name its owner ("factor 0", "X"). On errors the list does not change. */
rlra_status rlra_priors_add(rlra_context *context, const char *whose, prior_list *list, const char *name,
                            double weight);

/* Add the penalties of a text "name=weight,name,..". On errors the list does not change. */
rlra_status rlra_priors_parse(rlra_context *context, const char *whose, prior_list *list, const char *text);

#endif
