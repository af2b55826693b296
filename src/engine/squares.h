/* engine/squares.h: what the two engines of the squared loss share. */
#ifndef RLRA_ENGINE_SQUARES_H
#define RLRA_ENGINE_SQUARES_H

#include "engine/fit.h"

rlra_status RLRA(squares_pose)(fit *f);

/* Set workspace and rounds of the rules, and the cost of a sweep. */
void RLRA(squares_plan)(fit *f);

/* Update factor n: `rows` is called for blocks of f->block_rows[n] rows at most, from several threads. */
void RLRA(squares_improve)(fit *f, int n, rows_update rows);

/* The loss formed from the last update, or from the data where rounding errors dominate it. */
double RLRA(squares_checked)(fit *f, double loss, double (*from_data)(fit *f));

/* Update rows of the current factor that share f->others. */
void RLRA(squares_rows)(fit *f, int thread, ptrdiff_t begin, ptrdiff_t end, factor rhs);

/* The block that a rule gets for some rows of factor n. */
block RLRA(squares_block)(const fit *f, int n, int thread, factor x, factor rhs);

/* The KKT residual for this sum of squared steps. */
double RLRA(squares_residual)(const fit *f, double sum);

/* The squared KKT residual of a block; `scratch` holds squares_kkt_bytes() bytes. */
double RLRA(squares_kkt)(const block *b, real *scratch);
size_t RLRA(squares_kkt_bytes)(ptrdiff_t rows, ptrdiff_t rank);

#endif
