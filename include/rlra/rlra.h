/* rlra/rlra.h: all headers: regularized low-rank approximations of matrices and tensors. */
#ifndef RLRA_RLRA_H
#define RLRA_RLRA_H

#include "rlra/array.h"
#include "rlra/batch.h"
#include "rlra/checkpoint.h"
#include "rlra/closed.h"
#include "rlra/context.h"
#include "rlra/fit.h"
#include "rlra/folder.h"
#include "rlra/form.h"
#include "rlra/implicit.h"
#include "rlra/io.h"
#include "rlra/model.h"
#include "rlra/nnls.h"
#include "rlra/options.h"
#include "rlra/order.h"
#include "rlra/plan.h"
#include "rlra/problem.h"
#include "rlra/registry.h"
#include "rlra/report.h"
#include "rlra/separable.h"
#include "rlra/sparse.h"
#include "rlra/starts.h"
#include "rlra/status.h"
#include "rlra/stream.h"
#include "rlra/task.h"
#include "rlra/topics.h"
#include "rlra/unmix.h"

#endif
