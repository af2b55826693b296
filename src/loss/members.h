/* loss/members.h: the tables of this family, one for each file. */
#ifndef RLRA_LOSS_MEMBERS_H
#define RLRA_LOSS_MEMBERS_H

#include "loss/list.h"
#include "loss/loss.h"

#define RLRA_LOSS_EXTERN(name) extern const loss_ops RLRA(loss_##name);
RLRA_LOSS_LIST(RLRA_LOSS_EXTERN)
#undef RLRA_LOSS_EXTERN

#endif
