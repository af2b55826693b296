"""Writes second_order_reference.h: minimisers of small nonnegative regressions by scipy, started from L-BFGS-B and polished by
least-squares solves of the stationarity conditions on the support.  usage: python3 second_order_reference.py > second_order_reference.h"""
import numpy as np
from scipy.optimize import minimize, root

LENGTH, RANK = 14, 5


def problem(beta):
    j, k = np.meshgrid(np.arange(LENGTH), np.arange(RANK), indexing="ij")
    a = ((7 * j + 3 * k + j * k) % 11) / 8.0
    y = ((5 * np.arange(LENGTH) * np.arange(LENGTH) + 3) % 13) / 2.0
    return a, y + (0.5 if beta == 0 else 0)


def derivatives(beta, a, y, mu1, mu2, x):
    v = a @ x
    slope = a.T @ (v ** (beta - 1) - y * v ** (beta - 2)) + mu1 + 2 * mu2 * x
    bend = (beta - 1) * v ** (beta - 2) + (2 - beta) * y * v ** (beta - 3)
    return slope, a.T @ (bend[:, None] * a) + 2 * mu2 * np.eye(RANK)


def value(beta, a, y, mu1, mu2, x):
    v = a @ x
    if beta == 1:
        d = v - y + np.where(y > 0, y * np.log(np.where(y > 0, y, 1) / v), 0)
    elif beta == 0:
        d = y / v - np.log(y / v) - 1
    else:
        d = (y**beta + (beta - 1) * v**beta - beta * y * v ** (beta - 1)) / (beta * (beta - 1))
    return d.sum() + mu1 * x.sum() + mu2 * (x * x).sum()


def solve(beta, mu1, mu2):
    a, y = problem(beta)
    fun = lambda x: value(beta, a, y, mu1, mu2, x)
    jac = lambda x: derivatives(beta, a, y, mu1, mu2, x)[0]
    rough = minimize(fun, np.ones(RANK), jac=jac, bounds=[(0, None)] * RANK, method="L-BFGS-B",
                     options={"ftol": 1e-16, "gtol": 1e-12, "maxiter": 10000}).x
    on = rough > 1e-7

    def spread(z):
        x = np.zeros(RANK)
        x[on] = z
        return x

    polished = root(lambda z: jac(spread(z))[on], rough[on],
                    jac=lambda z: derivatives(beta, a, y, mu1, mu2, spread(z))[1][np.ix_(on, on)], tol=1e-15)
    x = spread(polished.x)
    slope = jac(x)
    assert (x >= 0).all() and (slope[~on] > 0).all() and abs(slope[on]).max() < 1e-12, (x, slope)
    return x, fun(x)


print("/* unit/update/second_order_reference.h: minimisers by scipy; written by second_order_reference.py. */")
print("#ifndef TESTS_SECOND_ORDER_REFERENCE_H\n#define TESTS_SECOND_ORDER_REFERENCE_H\n")
print(f"#define LENGTH {LENGTH}\n#define RANK   {RANK}\n")
print("typedef struct solved {\n    double beta, l1, l2, objective, x[RANK];\n} solved;\n")
print("static const solved references[] = {")
for beta in (1, 0, 1.5, 1.25):
    for mu1, mu2 in ((0, 0), (0.75, 0), (0, 0.25), (0.5, 0.125)):
        x, f = solve(beta, mu1, mu2)
        print(f"    {{{beta}, {mu1}, {mu2}, {f:.17g}, {{{', '.join(f'{v:.17g}' for v in x)}}}}},")
print("};\n\n#endif")
