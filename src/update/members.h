/* update/members.h: the tables of this family, one for each file. */
#ifndef RLRA_UPDATE_MEMBERS_H
#define RLRA_UPDATE_MEMBERS_H

#include "update/update.h"

extern const update_ops RLRA(update_hals);
extern const update_ops RLRA(update_mu);
extern const update_ops RLRA(update_ls);
extern const update_ops RLRA(update_fista);
extern const update_ops RLRA(update_active_set);

#endif
