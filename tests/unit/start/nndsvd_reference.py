"""Print nndsvd_reference.h: starts of scikit-learn (sklearn.decomposition._nmf._initialize_nmf) for a small matrix.

    python3 nndsvd_reference.py > nndsvd_reference.h

The matrix has rank five, which a small sketch captures, and mean one, where scikit-learn's fill and that of rlra agree.
"""

import numpy as np
import sklearn
from sklearn.decomposition._nmf import _initialize_nmf

ROWS, COLUMNS, RANK = 12, 9, 4


def matrix():
    i, j = np.meshgrid(np.arange(ROWS), np.arange(COLUMNS), indexing="ij")
    x = sum(((i * k + k * k) % 7) * ((j * (k + 1) + k) % 5) for k in range(1, 6)) + 0.0
    return x / x.mean()


def show(name, values):
    print(f"static const double {name}[] = {{")
    for line in range(0, values.size, 6):
        print("    " + ", ".join(f"{v:.15g}" for v in values.flat[line : line + 6]) + ",")
    print("};")


x = matrix()
print("/* unit/start/nndsvd_reference.h: made by nndsvd_reference.py with scikit-learn " + sklearn.__version__ + ". */")
print("/* clang-format off */")
for init in ("nndsvd", "nndsvda"):
    w, h = _initialize_nmf(x, RANK, init=init, random_state=0)
    show(f"{init}_w", w.T)
    show(f"{init}_h", h)
print("/* clang-format on */")
