/* engine/balance.h: the scales of the modes of a component for which its penalties are least; numbers only, as logarithms. */
#ifndef RLRA_ENGINE_BALANCE_H
#define RLRA_ENGINE_BALANCE_H

/* The penalties of a column times s are  exp(first) s + exp(second) s^2; -INFINITY for a degree without penalties. */
typedef struct column_penalty {
    double first, second;
} column_penalty;

/* log(exp(a) + exp(b)). */
double rlra_log_sum(double a, double b);

/* The logarithm of the penalties of `modes` columns, column n times exp(shifts[n]), or 1 if `shifts` is NULL. */
double rlra_balance_penalty(int modes, const column_penalty *columns, const double *shifts);

/* The shifts[n], of sum 0, that minimise the penalties; every column has a penalty. All are 0 if the columns pull alike to
 * within `slack`. */
void rlra_balance_solve(int modes, const column_penalty *columns, double slack, double *shifts);

#endif
