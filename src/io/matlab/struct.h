/* io/matlab/struct.h: visit the arrays of MATLAB .mat files of version 5, those in fields of structs among them. */
#ifndef RLRA_IO_MATLAB_STRUCT_H
#define RLRA_IO_MATLAB_STRUCT_H

#include "io/matlab/element.h"

/* Called for each array, where the walk stands behind its header; it may read what follows, and `stop`. Begins a struct of the
 * caller's. */
typedef struct mat_visitor {
    rlra_status (*visit)(struct mat_visitor *self, mat_walk *walk, mat_array *array);
    int stop;
} mat_visitor;

/* Visit the arrays of a file; a field X of a struct with one element is called STRUCT.X, and the struct itself is not visited. */
rlra_status rlra_mat_visit(mat_walk *walk, mat_visitor *visitor);

#endif
