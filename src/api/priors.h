/* api/priors.h: the penalties of one factor, as callers name them: what is known, allowed and combined. */
#ifndef RLRA_API_PRIORS_H
#define RLRA_API_PRIORS_H

#include "core/context.h"
#include "model/problem.h"

/* Add a penalty by its name; messages name whose it is ("factor 0", "X"). On errors the list stays as it is. */
rlra_status rlra_priors_add(rlra_context *context, const char *whose, prior_list *list, const char *name,
                            double weight);

/* Add those of a text "name=weight,name,..". On errors the list stays as it is. */
rlra_status rlra_priors_parse(rlra_context *context, const char *whose, prior_list *list, const char *text);

#endif
