"""The workloads of bench/regression.py: designs, right-hand sides, and the least objective of each column by an independent method."""

import pathlib
import subprocess
import tempfile
import time
from typing import Callable, NamedTuple

import numpy as np

from datasets import indian_pines
from workloads import save


class Workload(NamedTuple):
    kind: str  # "nnls", "nnkl" or "k-sparse": what contestants must solve
    columns: int
    make: Callable  # make(columns, binary): w, y
    sparsity: int = 0
    about: str = ""


def gaussian(columns, condition=None, shape=(500, 40), seed=3):
    """Noise of 10 % of the root mean square; half of the true coefficients are zero. With `condition`, the singular values of W
    fall evenly (in logarithm) to 1 / condition of the largest, and entries of W have both signs."""
    rng = np.random.default_rng(seed)
    w = rng.random(shape)
    if condition is not None:
        u, sigma, vt = np.linalg.svd(w, full_matrices=False)
        w = (u * (sigma[0] * np.geomspace(1, 1 / condition, len(sigma)))) @ vt
    x = rng.random((shape[1], columns)) * (rng.random((shape[1], columns)) < 0.5)
    y = w @ x
    y += 0.1 * np.sqrt(np.mean(y**2)) * rng.standard_normal(y.shape)
    return w, y


def poisson(columns, mean, shape=(1000, 50), seed=4):
    """Counts whose mean over all entries is `mean`; half of the true coefficients are zero, and W >= 0 has 30 % zeros."""
    rng = np.random.default_rng(seed)
    w = rng.random(shape) * (rng.random(shape) < 0.7)
    x = rng.random((shape[1], columns)) * (rng.random((shape[1], columns)) < 0.5)
    v = w @ x
    return w, rng.poisson(v * (mean / v.mean())).astype(np.float64)


def scene(columns, binary, rank=10):
    """Pixels of Indian Pines, scaled to at most one, and endmembers picked by SNPA."""
    y = indian_pines()
    y = np.ascontiguousarray(y[:, :columns] / y.max())
    with tempfile.TemporaryDirectory(prefix="rlra-bench-") as scratch:
        folder = pathlib.Path(scratch)
        np.save(folder / "scene.npy", y)
        subprocess.run([binary, "separable", folder / "scene.npy", "--rank", str(rank), "--method", "snpa",
                        "--out", folder / "picked", "--quiet"], check=True)
        with np.load(folder / "picked" / "factors.npz") as archive:
            picked = archive["columns"].astype(int)
    return np.ascontiguousarray(y[:, picked]), y


WORKLOADS = {
    "nnls": Workload("nnls", 20000, lambda n, binary: gaussian(n), about="W uniform, well conditioned"),
    "nnls-ill": Workload("nnls", 20000, lambda n, binary: gaussian(n, 1e6), about="W with condition number 1e6"),
    "nnkl": Workload("nnkl", 2000, lambda n, binary: poisson(n, 5.0), about="Poisson counts of mean 5"),
    "nnkl-sparse": Workload("nnkl", 2000, lambda n, binary: poisson(n, 0.0525), about="Poisson counts, 95 % zeros"),
    "k-sparse": Workload("k-sparse", 20000, scene, sparsity=3, about="pixels of Indian Pines, 10 endmembers by SNPA, k = 3"),
    "k-sparse-5": Workload("k-sparse", 20000, lambda n, binary: scene(n, binary, 5), sparsity=2,
                           about="pixels of Indian Pines, 5 endmembers by SNPA, k = 2"),
}


def squared(w, y, x):
    """1/2 ||y - W x||^2 of each column, from the residual."""
    return 0.5 * np.sum((y - w @ x) ** 2, axis=0)


def divergence(w, y, x):
    """sum y log(y / v) - y + v of each column, 0 log 0 = 0."""
    v = w @ x
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.sum(np.where(y > 0, y * np.log(y / v), 0.0) - y + v, axis=0)


OBJECTIVES = {"nnls": squared, "nnkl": divergence, "k-sparse": squared}


def exact_squares(w, y):
    """scipy's solver for one column at a time."""
    from scipy.optimize import nnls

    return np.stack([nnls(w, y[:, j])[0] for j in range(y.shape[1])], axis=1)


def exact_divergence(w, y):
    """Proximal Newton steps, column by column: the quadratic model is minimised over x >= 0 by scipy's solver, then the line to its
    minimiser is searched. To a KKT residual of 1e-10: the objective is flat to second order, and right to all digits then."""
    sums = w.sum(axis=0)
    return np.stack([newton_column(w[y[:, j] > 0], y[y[:, j] > 0, j], sums) for j in range(y.shape[1])], axis=1)


def newton_column(a, y, sums, rounds=100):
    """min sums x - sum y log(a x): only rows where y > 0."""
    from scipy.optimize import nnls

    x = np.full(len(sums), y.sum() / sums.sum())
    for _ in range(rounds):
        v = a @ x
        slope = sums - a.T @ (y / v)
        if max(np.sum(x * np.abs(slope)) / max(sums @ x, 1e-300), np.max(-slope / sums)) < 1e-10:
            break
        part = a * (np.sqrt(y) / v)[:, None]
        hessian = part.T @ part
        hessian[np.diag_indices_from(hessian)] += 1e-13 * np.trace(hessian) + 1e-300
        lower = np.linalg.cholesky(hessian)
        goal = nnls(lower.T, np.linalg.solve(lower, hessian @ x - slope), maxiter=1000)[0]
        length = search_line(a, y, sums, x, goal - x, slope)
        if length == 0:  # any gain is below rounding
            break
        x = np.maximum(x + length * (goal - x), 0.0)
    return x


def search_line(a, y, sums, x, step, slope):
    """Armijo's rule on the difference of the objectives, formed without cancellation."""
    change, length = (a @ step) / (a @ x), 1.0
    while length > 1e-10:
        if np.all(length * change > -1):
            gain = length * (sums @ step) - y @ np.log1p(length * change)
            if gain <= 0.1 * length * (slope @ step):
                return length
        length /= 2
    return 0.0


def exact_supports(w, y, sparsity):
    from regressors.supports import every_support

    return every_support(w.T @ w, w.T @ y, sparsity)


def reference(workload, w, y):
    """The least objective of each column."""
    if workload.kind == "nnls":
        return squared(w, y, exact_squares(w, y))
    if workload.kind == "nnkl":
        return divergence(w, y, exact_divergence(w, y))
    return squared(w, y, exact_supports(w, y, workload.sparsity))


def prepare(name, columns, cache, binary):
    """Make sure that the files of a workload exist, with the optimum (which takes a minute for the full sizes)."""
    workload = WORKLOADS[name]
    columns = columns or workload.columns
    cache = pathlib.Path(cache)
    cache.mkdir(parents=True, exist_ok=True)
    file = cache / f"regression-{name}-{columns}.npz"
    if not file.exists():
        w, y = workload.make(columns, binary)
        begun = time.perf_counter()
        best = reference(workload, w, y)
        seconds = time.perf_counter() - begun
        save(file, lambda out: np.savez(out, w=w, y=y, best=best, seconds=seconds))
    with np.load(file) as archive:
        w, y = archive["w"], archive["y"]
        return {"file": str(file), "kind": workload.kind, "sparsity": workload.sparsity, "rows": w.shape[0], "rank": w.shape[1],
                "columns": y.shape[1], "stored": int(np.count_nonzero(y)), "about": workload.about,
                "condition": float(np.linalg.cond(w))}
