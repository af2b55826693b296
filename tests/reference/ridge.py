"""Print ridge.h: the data of the ridge example in J. E. Cohen's habilitation manuscript, replayed.

    python3 ridge.py > ridge.h

"Regularized low-rank approximations", chapter on scale invariance: a tensor of rank 3, whose components have the weights 1, 0.1 and
0.01, and noise, from numpy's legacy generator, whose streams are frozen. The norms of the start that are printed there are checked.
"""

import numpy as np

PRINTED = [4.29999, 0.407480, 0.0496847]  # norms of the start, drawn after the data

np.random.seed(22)
factors = [np.random.rand(n, 3) for n in (10, 11, 12)]
data = np.einsum("r,ir,jr,kr->ijk", [1, 0.1, 0.01], *factors) + 0.1 * np.random.randn(10, 11, 12)
start = [10.0**-m * np.random.rand(n, 6) for m, n in enumerate((10, 11, 12))]
assert np.allclose([np.linalg.norm(x) for x in start], PRINTED, rtol=2e-6)

print(f"/* reference/ridge.h: made by ridge.py with numpy {np.__version__}. */")
print("/* clang-format off */")
print("static const double ridge_data[1320] = {")
values = [repr(float(x)) for x in data.ravel()]
for at in range(0, len(values), 5):
    print("    " + ", ".join(values[at : at + 5]) + ",")
print("};")
print("/* clang-format on */")
