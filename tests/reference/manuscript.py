"""Print manuscript.h: the seeded examples of nonnegative least squares in J. E. Cohen's habilitation manuscript, replayed.

    python3 manuscript.py > manuscript.h

Chapter 7 of "Regularized low-rank approximations" prints numbers for two seeded runs: an active-set solve (section 7.4) and 100
sweeps of HALS (section 7.5). The data come from numpy's legacy generator, whose streams are frozen, so they are made anew here;
the algorithms are those of the listings. What is printed there is kept as *_printed, and this script stops when its own run is
further from it than rounding. The other seeded examples of the chapters on regression (seed 0: majorants in one dimension, seed
27: mSOM against MU) only draw curves, and the Poisson example is not seeded.
"""

import bisect

import numpy as np

ACTIVE_PRINTED = [  # the norm of the residual whenever the listing prints it
    0.7332827438506135, 0.34036387671449636, 0.23756836129567335, 0.16861002184543528, 0.15317817929560062,
    0.13413207652719195, 0.10556301170510979, 0.0519536934584759, 0.04449646221989813, 0.04207535623520433,
    0.04207535623520433, 0.04207535623520433]
SUPPORT_PRINTED = [4, 41, 44]
HALS_PRINTED = [0.004666660655171395, 0.010340649769157122]  # relative error, root mean squared error of H
SWEEPS = 100


def embed(w, y, support):
    x = np.zeros(w.shape[1])
    x[support] = np.linalg.lstsq(w[:, support], y, rcond=None)[0]
    return x


def active_set(y, w):
    """The listing of section 7.4 from x = 0; all residual norms that it prints, and the last support."""
    x, support, before, norms = np.zeros(w.shape[1]), [], None, []
    norms.append(np.linalg.norm(y))
    while support != before:
        before = list(support)
        multipliers = w.T @ (y - w @ x)
        multipliers[support] = -np.inf
        bisect.insort(support, int(np.argmax(multipliers)))
        solution = embed(w, y, support)
        while np.any(solution < 0):
            negative = solution < 0
            x = x + np.min(x[negative] / (x[negative] - solution[negative])) * (solution - x)
            support = list(np.where(x > 0)[0])
            solution = embed(w, y, support)
            norms.append(np.linalg.norm(y - w @ x))
        x = solution
        norms.append(np.linalg.norm(y - w @ x))
    return x, support, norms


def hals(rhs, gram, x):
    """The listing of section 7.5, SWEEPS times over the components."""
    x = x.copy()
    for _ in range(SWEEPS):
        for k in range(len(gram)):
            x[k] = np.clip((rhs[k] - gram[k] @ x + gram[k, k] * x[k]) / gram[k, k], 0, None)
    return x


def check(name, came, printed):
    worst = np.max(np.abs(np.asarray(came) / np.asarray(printed) - 1))
    if not worst < 1e-13:
        raise SystemExit(f"manuscript.py: {name} is {came}, printed was {printed}")


def show(name, values):
    values = np.ravel(values)
    print(f"static const double {name}[{values.size}] = {{")
    for line in range(0, values.size, 5):
        print("    " + ", ".join(repr(float(v)) for v in values[line : line + 5]) + ",")
    print("};")


def active_set_example():
    np.random.seed(2)
    w = np.random.rand(6, 50)
    true = np.zeros(50)
    true[[0, 2, 4]] = np.random.rand(3)
    y = w @ true + 0.1 * np.random.randn(6)
    x, support, norms = active_set(y, w)
    check("active set", norms, ACTIVE_PRINTED)
    if support != SUPPORT_PRINTED:
        raise SystemExit(f"manuscript.py: the support is {support}, printed was {SUPPORT_PRINTED}")
    show("active_w", w)
    show("active_y", y)
    show("active_x", x[support])
    show("active_printed", ACTIVE_PRINTED[-1:])


def hals_example():
    np.random.seed(2)
    w = np.random.rand(10, 6)
    true = np.random.randn(6, 20)
    true[true < 0] = 0
    y = w @ true + 0.01 * np.random.randn(10, 20)
    start = np.clip(np.linalg.solve(w.T @ w, w.T @ y), 0, None)
    x = hals(w.T @ y, w.T @ w, start)
    check("hals", [np.linalg.norm(y - w @ x) / np.linalg.norm(y), np.linalg.norm(true - x) / np.sqrt(120)], HALS_PRINTED)
    show("hals_w", w)
    show("hals_y", y)
    show("hals_true", true)
    show("hals_start", start)
    show("hals_printed", HALS_PRINTED)


print("/* reference/manuscript.h: made by manuscript.py with numpy " + np.__version__ + ". */")
print("/* clang-format off */")
active_set_example()
hals_example()
print("/* clang-format on */")
