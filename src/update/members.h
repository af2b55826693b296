/* update/members.h: the tables of this family, one for each file. */
#ifndef RLRA_UPDATE_MEMBERS_H
#define RLRA_UPDATE_MEMBERS_H

#include "update/list.h"
#include "update/update.h"

#define RLRA_UPDATE_EXTERN(name) extern const update_ops RLRA(update_##name);
RLRA_UPDATE_LIST(RLRA_UPDATE_EXTERN)
#undef RLRA_UPDATE_EXTERN

#endif
