/* io/matlab/struct.h: visit the arrays of MATLAB .mat files of version 5, including those in fields of structs. */
#ifndef RLRA_IO_MATLAB_STRUCT_H
#define RLRA_IO_MATLAB_STRUCT_H

#include "io/matlab/element.h"

/* Called for each array, with the walk after its header; may read the entries and set `stop`. First member of a struct of the
 * caller. */
typedef struct mat_visitor {
    rlra_status (*visit)(struct mat_visitor *self, mat_walk *walk, mat_array *array);
    int stop;
} mat_visitor;

/* Visit the arrays of a file; a field X of a struct with one element is called STRUCT.X, and the struct itself is not visited. */
rlra_status rlra_mat_visit(mat_walk *walk, mat_visitor *visitor);

#endif
